"""What a call needs from the environment, and that nothing of it is told."""

import logging

import httpx2
import pytest

from modelatlas.fetching.auth import Access, access
from modelatlas.fetching.readiness import accesses
from modelatlas.providers.contract import Bearer, Header, ModelList, Open, QueryKey
from modelatlas.providers.price_rows import PriceRows
from modelatlas.providers.registry import declared
from tests.fetching.acme import HOST, KEY, KEYED, KEYS, MODELS, acme, answer, fetch, ids

PLACED = ModelList(url="https://{ACME_ACCOUNT}.acme.example/{ACME_REGION=eu}/models")
IN_QUERY = QueryKey("key", "ACME_API_KEY")


def test_a_header_has_its_word_before_the_key() -> None:
    granted = access(acme(auth=Header("Authorization", "ACME_API_KEY", prefix="Key")), MODELS, KEYS)
    assert granted == Access({"Authorization": f"Key {KEY}"}, "ACME_API_KEY")
    assert granted.secrets == (KEY,)


def test_a_key_in_the_query_is_no_header() -> None:
    granted = access(acme(auth=IN_QUERY), MODELS, KEYS)
    assert granted == Access({}, "ACME_API_KEY", {"key": KEY})
    assert KEY not in repr(granted)


def test_a_url_is_filled_from_the_environment() -> None:
    ready, missing = accesses(acme(PLACED), {"ACME_ACCOUNT": "a1"})
    ((declared, granted),) = ready
    assert (declared.url, granted.hidden, missing) == ("https://a1.acme.example/eu/models", ("a1",), "")


def test_a_simulator_is_told_no_value_and_only_asked_when_all_is_set() -> None:
    variables = {"ACME_ACCOUNT": "a1", "ACME_REGION": "us"}
    ((declared, granted),), _ = accesses(acme(PLACED), variables, simulated=True)
    assert (declared.url, granted.hidden) == ("https://demo.acme.example/eu/models", ())
    assert accesses(acme(PLACED), {}, simulated=True) == ((), "set ACME_ACCOUNT (docs/operating.md#keys)")


def test_prices_alone_are_not_asked_for() -> None:
    prices = ModelList(url=f"https://{HOST}/prices", name="prices", yields="prices", needs_key=False)
    ready, missing = accesses(acme(ModelList(url=f"https://{HOST}/m"), prices, auth=KEYED), {})
    assert (ready, missing) == ((), "set ACME_API_KEY (docs/operating.md#keys)")


ROWS = PriceRows(usages=(), words={}, amount="a", unit="u", units={}, meters="meters", meter="m")
METERS = ModelList(
    url=f"https://{HOST}/{{ACME_PLAN}}/meters", name="meters", yields="meters", auth=Bearer("TOKEN")
)
BILLED = ModelList(
    url=f"https://{HOST}/rows",
    name="rows",
    yields="prices",
    rows=ROWS,
    auth=Open(),
    params={"filter": "plan eq '{ACME_PLAN}' and region eq '{ACME_REGION=eu}'"},
)


def test_rows_whose_meters_cannot_be_read_are_not_asked_for() -> None:
    models = ModelList(url=f"https://{HOST}/m", name="models")
    provider = acme(models, METERS, BILLED)
    ready, missing = accesses(provider, {"ACME_PLAN": "p1"})
    assert [declared.name for declared, _ in ready] == ["models"]
    assert missing == "without its list meters, rows: set TOKEN (docs/operating.md#keys)"
    ready, missing = accesses(provider, {"ACME_PLAN": "p1", "TOKEN": "t-0123456789"})
    assert ([declared.name for declared, _ in ready], missing) == (["models", "meters", "rows"], "")


def test_a_parameter_is_filled_from_the_environment_and_told_to_nobody() -> None:
    provider = acme(ModelList(url=f"https://{HOST}/m", name="models"), BILLED)
    assert provider.variables == ("ACME_PLAN",)
    (_, (declared, granted)), missing = accesses(provider, {"ACME_PLAN": "p1", "ACME_REGION": "us"})
    assert declared.params == {"filter": "plan eq 'p1' and region eq 'us'"}
    assert (granted.hidden, missing) == (("p1",), "")
    (_, (told, _)), _ = accesses(provider, {"ACME_PLAN": "p1", "ACME_REGION": "us"}, simulated=True)
    assert told.params == {"filter": "plan eq 'demo' and region eq 'eu'"}
    _, missing = accesses(provider, {"ACME_PLAN": "p' or 'a"})
    assert missing.startswith("without its list rows: ACME_PLAN cannot stand in a URL")


async def test_a_missing_variable_is_not_configured_and_named() -> None:
    fetched = await fetch(lambda _request: answer("a"), acme(PLACED))
    assert fetched.outcome.kind == "not_configured"
    assert fetched.outcome.detail == "set ACME_ACCOUNT (docs/operating.md#keys)"


async def test_all_that_is_missing_is_named_at_once() -> None:
    fetched = await fetch(lambda _request: answer("a"), acme(PLACED, auth=KEYED))
    assert fetched.outcome.kind == "not_configured"
    assert "set ACME_API_KEY" in fetched.outcome.detail
    assert "set ACME_ACCOUNT" in fetched.outcome.detail


@pytest.mark.parametrize("key", [KEY, "sk/acme+0123=456&789"])
async def test_a_key_in_the_query_is_sent_and_told_nowhere(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    """F28: a key is in no error, log or snapshot, however it is written."""
    caplog.set_level(logging.DEBUG)
    asked: list[httpx2.URL] = []

    def good(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url)
        return answer("a")

    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"cannot reach {request.url} with {key}")

    provider, keys = acme(auth=IN_QUERY), {"ACME_API_KEY": key}
    fetched = await fetch(good, provider, keys=keys)
    assert asked[0].params["key"] == key
    assert ids(fetched) == ["a"]
    failed = await fetch(broken, provider, keys=keys)
    assert failed.outcome.kind == "unreachable"
    for told in (repr(fetched), repr(failed), caplog.text):
        assert key not in told
        assert str(asked[0].query, "ascii").removeprefix("key=") not in told


async def test_an_account_is_not_told_by_an_error() -> None:
    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"cannot reach {request.url}")

    failed = await fetch(broken, acme(PLACED), keys={"ACME_ACCOUNT": "secret-account"})
    assert failed.outcome.kind == "unreachable"
    assert "secret-account" not in failed.outcome.detail


async def test_a_retired_provider_without_a_list_is_not_asked() -> None:
    fetched = await fetch(lambda _request: answer("a"), declared()["aimo"])
    assert fetched.outcome.kind == "retired"
    assert fetched.outcome.detail == declared()["aimo"].retired
