"""No float touches money between a payload and an answer: the code is read, and run under a trap."""

import ast
from decimal import Decimal, FloatOperation

import pytest

from tests.test_architecture import Found, floats, found, inside, sources

PATH = ("domain/", "prices/", "references/", "storage/", "views/", "library", "providers/")
"""Where amounts go through."""

CLOCKS_AND_LIKENESS: dict[str, str] = {
    "domain/errors.py": "seconds until somebody may ask again",
    "domain/outcome.py": "seconds that a fetch took",
    "domain/ports.py": "seconds of a clock that only runs forward",
    "domain/query.py": "how alike two words are",
    "domain/refresh.py": "seconds between two tries",
    "library.py": "recognises a float of a caller, to read its shortest text instead",
    "providers/registry.py": "how alike two words are",
    "storage/prices.py": "the columns that are named approximate, beside the exact ones",
    "storage/sqlite.py": "seconds to wait for a lock",
    "views/analytics.py": "shares, and the columns that are named approximate",
    "views/providers.py": "seconds and shares",
    "views/runs.py": "seconds that a run took",
}
"""File on that path -> why a float is in it, and that it is no money."""


def money_floats(tree: ast.Module, package: str) -> Found:
    """Floats outside of examples: payloads as JSON has them, which are to be read."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword | ast.FunctionDef | ast.Assign) and is_example(node):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return (each for each in floats(tree, package) if each[0] not in lines)


def is_example(node: ast.keyword | ast.FunctionDef | ast.Assign) -> bool:
    """Tell whether a node is examples of a declaration, or makes a row of one."""
    if isinstance(node, ast.keyword):
        return node.arg == "examples"
    if isinstance(node, ast.FunctionDef):
        return node.name == "row"
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id.endswith("EXAMPLES")


def test_no_module_between_payload_and_answer_has_a_float_that_is_money() -> None:
    """F7: each file that has one is named above, with what it is."""
    with_floats = {
        inside(path) for path in sources() if inside(path).startswith(PATH) and any(found(money_floats, path))
    }
    assert with_floats == CLOCKS_AND_LIKENESS.keys()


def test_every_part_of_the_path_is_looked_at() -> None:
    looked = [inside(path) for path in sources() if inside(path).startswith(PATH)]
    assert {part for part in PATH if not any(each.startswith(part) for each in looked)} == set()
    assert len(looked) > 150


@pytest.mark.parametrize("breach", ["Decimal(0.1)", "amount < 0.5", "0.5 * amount", "sum([amount, 0.5])"])
@pytest.mark.usefixtures("trapped")
def test_the_trap_snaps(breach: str) -> None:
    """What the tests of the whole path run under: a float beside an amount is an error."""
    with pytest.raises((FloatOperation, TypeError)):
        eval(breach, {"Decimal": Decimal, "amount": Decimal(1)})
