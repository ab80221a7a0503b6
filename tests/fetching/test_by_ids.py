"""A list that answers for ids only is asked for those of the list of models, so many in one call."""

import httpx2
import msgspec
import pytest

from modelatlas.fetching.urls import with_params
from modelatlas.providers.contract import ByIds, ModelList, Reject
from modelatlas.providers.fields import usd_number
from tests.fetching.acme import HOST, KEY, KEYED, KEYS, URL, acme, answer, fetch, ids

PRICES = ModelList(
    url=f"https://{HOST}/v1/prices",
    name="prices",
    yields="prices",
    params={"currency": "USD"},
    paging=ByIds("id", of="models", size=2, more="has_more"),
    prices={"output_image": usd_number("image", per="image")},
)
MODELS = ModelList(url=URL, reject=(Reject("not_a_model", "id", lambda id_: id_ == "m9"),))


def priced(*asked: str, **members: object) -> httpx2.Response:
    rows = [{"id": id_, "image": 0.25} for id_ in asked if id_ != "m2"]
    return httpx2.Response(200, content=msgspec.json.encode({"data": rows, **members}))


async def test_every_listed_id_is_asked_for_once_and_no_other() -> None:
    """A rejected entry is not asked for, and an answer without a price ends nothing."""
    calls: list[list[str]] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        if request.url.path == "/v1/models":
            return answer("m1", "m2", "m3", "m/4 b", "m9", "m2")
        assert request.url.params["currency"] == "USD"
        calls.append(request.url.params.get_list("id"))
        return priced(*calls[-1], has_more=False)

    fetched = await fetch(handler, acme(MODELS, PRICES, auth=KEYED), keys=KEYS)
    assert calls == [["m/4 b", "m1"], ["m2", "m3"]]
    assert ids(fetched) == ["m/4 b", "m1", "m2", "m3"]
    assert fetched.snapshot is not None
    assert {each.id for each in fetched.snapshot.listings if each.prices} == {"m/4 b", "m1", "m3"}


async def test_without_ids_nothing_is_asked() -> None:
    asked: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return answer()

    fetched = await fetch(handler, acme(MODELS, PRICES))
    assert fetched.outcome.kind == "ok"
    assert asked == ["/v1/models"]


async def test_an_answer_that_is_cut_is_not_taken_for_whole() -> None:
    """F25."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer("m1", "m2") if request.url.path == "/v1/models" else priced("m1", has_more=True)

    fetched = await fetch(handler, acme(MODELS, PRICES))
    assert fetched.late is not None
    assert fetched.late.kind == "unreadable"
    assert "expected all of 2 ids in one answer, got 'has_more': true" in fetched.outcome.detail
    assert ids(fetched) == ["m1", "m2"]


async def test_a_price_list_that_is_not_there_leaves_the_models() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return answer("m1") if request.url.path == "/v1/models" else httpx2.Response(404)

    fetched = await fetch(handler, acme(MODELS, PRICES))
    assert fetched.outcome.kind == "ok"
    assert fetched.outcome.detail == "its list prices (404) is not there"
    assert ids(fetched) == ["m1"]


@pytest.mark.parametrize(
    ("url", "whole"),
    [(URL, f"{URL}?id=a%2Fb&id=c"), (f"{URL}?id=z&lang=en", f"{URL}?id=a%2Fb&id=c&lang=en")],
)
def test_a_parameter_may_have_several_values(url: str, whole: str) -> None:
    assert with_params(url, {"id": ["a/b", "c"]}) == whole
    assert with_params(whole, {"lang": "de"}).count("id=") == 2
