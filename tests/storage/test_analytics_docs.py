"""docs/analytics.md: each view and column is there, and each question is answered by both databases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect

from modelatlas.storage.engine import reading
from modelatlas.storage.reading import query
from tests.storage.stores import Store
from tests.storage.test_analytics import lists

TEXT = (Path(__file__).parents[2] / "docs" / "analytics.md").read_text(encoding="utf-8")
QUESTIONS = [
    line
    for block in re.findall(r"^```sql\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
EMPTY = {"SELECT provider, last_run_status, failed_since FROM v_coverage WHERE failed_since > 0;"}
"""Those that have no answer here: every run succeeds."""


@pytest.fixture
def filled(store: Store) -> Store:
    for each in lists(1):
        store.sync(each.part())
    return store


def test_every_question_is_answered(filled: Store) -> None:
    assert len(QUESTIONS) >= 7
    for question in QUESTIONS:
        asked = (
            question.replace("'openrouter'", "'acme'")
            .replace("canonical_model IS NOT NULL", "canonical_model IS NULL")
            .replace("'output_token'", "'input_token'")
        )
        columns, rows = query(filled.engine, asked)
        assert columns
        assert bool(rows) == (question not in EMPTY), question


def test_every_view_has_its_heading_and_every_column_is_named(store: Store) -> None:
    sections = dict(re.findall(r"^## (v_\w+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
    with reading(store.engine) as connection:
        seen = inspect(connection)
        assert sections.keys() == set(seen.get_view_names())
        for view, body in sections.items():
            names = {column["name"] for column in seen.get_columns(view)}
            if view == "v_price_changes_by_week":
                names = {name for name in names if not name.startswith("became_")}
            assert not [name for name in names if f"`{name}`" not in body], view
