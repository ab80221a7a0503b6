"""The OpenAPI document is kept: whatever it allows or forbids is answered as it says (in-process)."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.web.builders import WITH_KEY, small_world

ATLAS = small_world()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", ATLAS.app())
WORDS_ARE_OF_THE_MOMENT = positive_data_acceptance
"""Which providers there are no document can say, so a word that is text and no provider is refused."""

NOTHING_OF_IT_WAS_SENT = negative_data_rejection
"""An empty list as a parameter that is forbidden leaves no trace in a URL, so nobody can refuse it."""


@pytest.fixture(scope="module", autouse=True)
def heard() -> None:
    async def hear() -> None:
        await ATLAS.start()
        await ATLAS.hear("acme", "zeta")

    asyncio.run(hear())


@SCHEMA.exclude(path="/events").parametrize()  # an answer that goes on: tests/web/test_events.py
@settings(max_examples=15, deadline=None)
def test_it_answers_as_its_document_says(case: "schemathesis.Case[Any]") -> None:
    response = case.call(headers=WITH_KEY)
    excluded: list[Any] = [WORDS_ARE_OF_THE_MOMENT]
    if set(case.query or {}) - words_sent(str(response.request.url)):
        excluded.append(NOTHING_OF_IT_WAS_SENT)
    case.validate_response(response, headers=WITH_KEY, excluded_checks=excluded)


def words_sent(url: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
