"""The OpenAPI document is kept: whatever it allows or forbids is answered as it says (in-process)."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.builders import WITH_KEY, small_world

ATLAS = small_world()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", ATLAS.app())
WORDS_ARE_OF_THE_MOMENT = positive_data_acceptance
"""Which providers there are no document can say, so a word that is text and no provider is refused."""


@pytest.fixture(scope="module", autouse=True)
def heard() -> None:
    async def hear() -> None:
        await ATLAS.start()
        await ATLAS.hear("acme", "zeta")

    asyncio.run(hear())


@SCHEMA.parametrize()
@settings(max_examples=15, deadline=None)
def test_it_answers_as_its_document_says(case: "schemathesis.Case[Any]") -> None:
    case.call_and_validate(headers=WITH_KEY, excluded_checks=[WORDS_ARE_OF_THE_MOMENT])
