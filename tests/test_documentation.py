"""The documents are complete and true: each setting, reason, outcome, command and link is checked."""

import re
import tomllib
from pathlib import Path

import pytest

from modelatlas.cli import COMMANDS
from modelatlas.domain.discrepancy import LIVE_ONLY, STORED_ONLY, UNEXPLAINED
from modelatlas.domain.outcome import KINDS
from modelatlas.providers.registry import declared
from modelatlas.settings import DEFAULTS
from modelatlas.views.provider_docs import provider_docs

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def headings(path: str) -> set[str]:
    return {line.lstrip("#").strip() for line in text(path).splitlines() if line.startswith("#")}


def test_every_setting_has_its_heading_and_its_default() -> None:
    assert DEFAULTS.keys() <= headings("docs/operating.md")
    sections = re.split(r"^### ", text("docs/operating.md"), flags=re.MULTILINE)
    told = {section.split("\n", 1)[0]: section for section in sections}
    assert not [name for name, value in DEFAULTS.items() if value and value not in told[name]]


def test_every_command_has_its_heading() -> None:
    assert COMMANDS.keys() <= headings("docs/operating.md")


def test_every_reason_has_its_heading() -> None:
    assert {*LIVE_ONLY, *STORED_ONLY, UNEXPLAINED} <= headings("docs/discrepancies.md")


def test_every_outcome_is_in_the_table() -> None:
    rows = re.findall(r"^\| (\w+) \|", text("docs/operating.md"), flags=re.MULTILINE)
    assert KINDS.keys() <= set(rows)


def test_the_provider_page_is_what_the_declarations_say() -> None:
    assert text("docs/providers.md") == provider_docs(declared().values()), "run `make docs`"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    named = {re.split(r"[<>=; \[]", wish, maxsplit=1)[0] for wish in project["dependencies"]}
    table = text("docs/architecture.md").split("## Dependencies")[1]
    assert not [name for name in sorted(named) if not re.search(rf"[| ]{name}[ ,|]", table)]


def test_every_provider_stands_in_the_changelog() -> None:
    said = " ".join(text("CHANGELOG.md").split())
    assert not [each.name for each in declared().values() if each.name not in said]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (path.parent / target).exists()]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_the_recipes_and_files_that_documents_name_exist(path: Path) -> None:
    said = path.read_text(encoding="utf-8")
    recipes = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", said, flags=re.MULTILINE)) <= recipes
    files = re.findall(r"`((?:src|tests|docs|bench)/[\w./]+\.\w+)`", said)
    assert not [file for file in files if not (ROOT / file).exists()]
