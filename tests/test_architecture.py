"""The written rules of the code, executed: who imports whom, who reads time and environment, and so on."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "modelatlas"

MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "providers": {"domain"},
    "fetching": {"domain", "providers"},
    "caching": {"domain"},
    "storage": {"domain"},
    "references": {"domain"},
    "prices": {"domain"},
    "flows": {"domain"},
    "jobs": {"domain", "flows"},
    "views": {"domain", "providers", "references"},  # docs/providers.md; exports
    "simulator": {"domain", "providers"},  # it answers from the declarations' own examples
    "clock": set(),
    "settings": {"domain"},
    "wiring": {
        "caching", "clock", "domain", "fetching", "flows", "jobs", "prices", "providers", "references",
        "settings", "simulator", "storage", "views",
    },
    "web": {"domain", "flows", "views", "wiring"},
    "cli": {"domain", "flows", "prices", "providers", "settings", "simulator", "views", "web", "wiring"},
    "library": {"clock", "domain", "flows", "prices", "providers", "references", "settings", "wiring"},
    "__init__": {"library"},
    "__main__": {"cli"},
}  # fmt: skip
"""Part of the program -> the other parts it may import: the map that docs/architecture.md draws."""

TIME = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "time.ctime", "time.gmtime", "time.localtime", "time.monotonic", "time.monotonic_ns", "time.perf_counter",
    "time.perf_counter_ns", "time.process_time", "time.strftime", "time.time", "time.time_ns",
}  # fmt: skip
ENVIRONMENT = {
    "os.environ",
    "os.environb",
    "os.getenv",
    "os.getenvb",
    "dotenv.load_dotenv",
    "dotenv.dotenv_values",
}

BROAD_CATCHES: dict[str, str] = {
    "fetching/fetch.py": "isolates one provider from the others; the outcome and the log record the error",
    "flows/sync.py": "isolates one provider's run from the others; the run row records the error",
    "web/hot.py": "isolates a request from its connection; the log records the error, and `Boundary` answers",
    "web/layers.py": "isolates one request from the others; the log records the error, the client gets a 500",
}
"""File -> why its one `except Exception` may go on: what it isolates, and where it records what it caught."""

LONG_FILES: dict[str, str] = {}
"""File -> why it may have more than 400 lines."""

Found = Iterator[tuple[int, str]]
"""Line and what is wrong there."""


def test_each_part_imports_only_what_the_map_allows() -> None:
    assert not [
        f"{place}: {part(path)} may not import {name}"
        for path in sources()
        for place, name in found(imported_parts, path)
        if name not in MAY_IMPORT.get(part(path), set()) | {part(path)}
    ]


def test_each_part_has_its_row_in_the_map() -> None:
    assert {part(path) for path in sources()} <= MAY_IMPORT.keys()


def test_the_map_has_no_circle() -> None:
    left = {name: set(others) for name, others in MAY_IMPORT.items()}
    while leaves := {name for name, others in left.items() if not others}:
        left = {name: others - leaves for name, others in left.items() if name not in leaves}
    assert not left


def test_only_the_clock_reads_the_time() -> None:
    assert not uses_of(TIME, allowed="clock.py")


def test_only_the_settings_read_the_environment() -> None:
    assert not uses_of(ENVIRONMENT, allowed="settings.py")


def test_nothing_is_caught_blindly() -> None:
    caught = [(inside(path), place) for path in sources() for place, _ in found(blind_catches, path)]
    unexplained = [place for file, place in caught if file not in BROAD_CATCHES]
    assert not unexplained, "catch what you expect, or raise again; a boundary gets its row in BROAD_CATCHES"
    assert Counter(file for file, _ in caught) == dict.fromkeys(BROAD_CATCHES, 1)


def test_money_never_meets_a_float() -> None:
    money = [path for stem in ("money", "price", "quote") for path in SOURCE.glob(f"domain/{stem}*.py")]
    assert money
    assert not [place for path in money for place, _ in found(floats, path)]


def test_no_file_is_too_long_to_read() -> None:
    long = {inside(path) for path in sources() if lines(path) > 400}
    long |= {str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/*.py") if lines(path) > 400}
    assert long == LONG_FILES.keys()


def test_half_of_the_providers_need_at_most_sixty_lines() -> None:
    declarations = [path for path in SOURCE.glob("providers/*.py") if declares_provider(path)]
    assert declarations
    assert median(map(lines, declarations)) <= 60


@pytest.mark.parametrize(
    ("rule", "breach"),
    [
        ("imported_parts", "import modelatlas.web.app"),
        ("imported_parts", "from modelatlas import web"),
        ("imported_parts", "from ..web import app"),
        ("imported_parts", "def f():\n    from modelatlas.web.app import app"),
        ("names", "import time as t\nt.time()"),
        ("names", "from time import time\nnow = time"),
        ("names", "import datetime\ndatetime.datetime.now(tz)"),
        ("names", "from datetime import datetime as dt\ndt.now(tz)"),
        ("blind_catches", "try:\n    f()\nexcept:\n    pass"),
        ("blind_catches", "try:\n    f()\nexcept (ValueError, Exception) as error:\n    log(error)"),
        ("blind_catches", "import contextlib\nwith contextlib.suppress(Exception):\n    f()"),
        ("floats", "price = float(text)"),
        ("floats", "price = amount * 0.5"),
    ],
)
def test_a_breach_is_seen(rule: str, breach: str) -> None:
    sought = {"imported_parts": {"web"}, "names": TIME}
    seen = {name for _, name in RULES[rule](ast.parse(breach), "modelatlas.domain")}
    assert seen & sought.get(rule, seen)


@pytest.mark.parametrize(
    ("rule", "harmless"),
    [
        ("imported_parts", "from modelatlas import __version__"),
        ("imported_parts", "import webbrowser\nfrom starlette import web"),
        ("blind_catches", "try:\n    f()\nexcept Exception:\n    undo()\n    raise"),
        ("blind_catches", "try:\n    f()\nexcept ValueError:\n    pass"),
        ("floats", "price = Decimal(text) * 2"),
    ],
)
def test_the_harmless_is_let_through(rule: str, harmless: str) -> None:
    assert not list(RULES[rule](ast.parse(harmless), "modelatlas.domain"))


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def inside(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def part(path: Path) -> str:
    return Path(inside(path)).parts[0].removesuffix(".py")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def declares_provider(path: Path) -> bool:
    return any(line.startswith("PROVIDER") for line in path.read_text(encoding="utf-8").splitlines())


def found(rule: Callable[[ast.Module, str], Found], path: Path) -> Iterator[tuple[str, str]]:
    package = ".".join(["modelatlas", *path.relative_to(SOURCE).parts[:-1]])
    for line, name in rule(ast.parse(path.read_bytes(), path), package):
        yield f"{inside(path)}:{line}", name


def uses_of(forbidden: set[str], *, allowed: str) -> list[str]:
    return [
        f"{place}: {name}"
        for path in sources()
        if inside(path) != allowed
        for place, name in found(names, path)
        if name in forbidden
    ]


def imported_parts(tree: ast.Module, package: str) -> Found:
    for line, _, name in imports(tree, package):
        top, _, rest = name.partition(".")
        first = rest.partition(".")[0]
        if top == "modelatlas" and first and not first.startswith("__"):
            yield line, first


def names(tree: ast.Module, package: str) -> Found:
    """Every name from elsewhere in full, whatever it is called here."""
    known = {local: name for _, local, name in imports(tree, package)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            if first in known:
                yield node.lineno, f"{known[first]}.{rest}".rstrip(".")


def blind_catches(tree: ast.Module, package: str) -> Found:
    suppressing = {line for line, name in names(tree, package) if name == "contextlib.suppress"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            if node.type is None or is_broad(node.type):
                yield node.lineno, "except"
        elif isinstance(node, ast.Call) and node.lineno in suppressing and any(map(is_broad, node.args)):
            yield node.lineno, "suppress"


def is_broad(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id in {"Exception", "BaseException"} for n in ast.walk(node))


def floats(tree: ast.Module, _package: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, str(node.value)


def imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str, str]]:
    """Each import as its line, the name it has here and its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield node.lineno, alias.asname or first, alias.name if alias.asname else first
                yield node.lineno, "", alias.name
        elif isinstance(node, ast.ImportFrom):
            base = (
                ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            )
            origin = ".".join(filter(None, [base, node.module]))
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{origin}.{alias.name}"


RULES: dict[str, Callable[[ast.Module, str], Found]] = {
    rule.__name__: rule for rule in (imported_parts, names, blind_catches, floats)
}
