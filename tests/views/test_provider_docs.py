"""The provider page says everything that the declarations say."""

import pytest

from modelatlas.providers.contract import (
    Auth,
    Bearer,
    FirstOf,
    GoogleServiceAccount,
    Header,
    LinkHeader,
    ModelList,
    NextUrl,
    Offset,
    Open,
    Provider,
    QueryKey,
    Reject,
    SigV4,
)
from modelatlas.providers.fields import flag, usd_text
from modelatlas.providers.paths import read_paths
from modelatlas.providers.price_path import Price
from modelatlas.providers.price_rows import Counted, Meters, Only, PriceRows, Usage, vocabulary
from modelatlas.providers.registry import declared
from modelatlas.views.provider_docs import provider_docs

EVERYTHING = ModelList(
    url="https://api.acme.example/models",
    paging=Offset("offset", "limit", size=50, total="total"),
    each="hosts",
    reject=(Reject("not_served", "hosts.on", lambda on: on is not True),),
    fields={"supported_parameters": flag("tools", true=("tools",)) | flag("think", true=("reasoning",))},
    prices={"input_token": Price("price", "1K tokens", currency="CNY", free="is_free")},
    unpriced="ask",
)
ACME = Provider(
    slug="acme",
    name="Acme",
    kind="host",
    docs="https://acme.example/docs",
    evidence="documented 2026-11",
    auth=Header("x-key", "ACME_KEY", others=("ACME_TOKEN",)),
    private=("^mine/",),
    retired="it closed in 2026-10",
    lists=(EVERYTHING,),
)


@pytest.mark.parametrize("provider", declared().values(), ids=lambda each: each.slug)
def test_each_provider_is_told_in_full(provider: Provider) -> None:
    page = provider_docs([provider])
    assert f"\n## {provider.slug}\n" in page
    for word in (provider.name, provider.kind, provider.docs, provider.evidence, *provider.aliases):
        assert word in page
    assert all(f"`{name}`" in page for name in provider.key_variables)
    for of in provider.lists:
        assert f"GET {of.url}" in page
        if of.rows is not None:
            assert all(f"`{word}`" in page for word in of.rows.words)
            continue
        rejected_or_read = read_paths(of) - {path for price in of.prices.values() for path in (price.path,)}
        assert not [path for path in rejected_or_read if f"`{path}" not in page and f"{{{path}}}" not in page]
        for unit, price in of.prices.items():
            assert f"| {unit} | `{price.path}` | " in page
            assert f"{price.currency} per {price.per}, as {price.form}" in page


@pytest.mark.parametrize(
    "told",
    [
        "| [acme](#acme) | host | retired | none | yes | documented 2026-11 |",
        "- Retired: it closed in 2026-10",
        "- Key: `ACME_KEY` or `ACME_TOKEN`, in the header `x-key`",
        "- Ids that belong to the account behind the key: `^mine/`",
        "- `GET https://api.acme.example/models`, with a key",
        "- Paging: `offset`, `limit=50`",
        "- Each item of `hosts` is an offer of its own",
        "- Rejected as `not_served`: decided by `hosts.on`",
        "- A listing without a price means: ask",
        "| input_token | `price` | CNY per 1K tokens, as number | free where `is_free` is true |  |",
        "| supported_parameters | `tools`, `think` |",
    ],
)
def test_what_is_rare_is_told_too(told: str) -> None:
    assert told in provider_docs([ACME]).splitlines()


def test_a_list_for_everybody_is_called_without_a_key() -> None:
    of = ModelList(
        url="https://a.example/m",
        paging=LinkHeader("limit", 9),
        prices={"request": usd_text("p", per="request")},
    )
    page = page_of(of)
    assert "- `GET https://a.example/m`, without a key" in page
    assert "- Paging: the Link header names the next page, `limit=9`" in page
    assert "- Key: none" in page


def test_what_tells_an_error_and_a_free_unit_is_told() -> None:
    price = Price("p", per="request", form="dollars", free_ending=("name", "-free"))
    page = page_of(ModelList(url="https://a.example/m", success=("ok", True), prices={"request": price}))
    assert "- The answer is an error where `ok` is there and not true" in page
    assert "| request | `p` | USD per request, as dollars | free where `name` ends in `-free` |  |" in page


def test_what_rows_hold_and_what_their_words_mean_is_told() -> None:
    rows = PriceRows(
        usages=(Usage(path="use", pattern="(?P<name>a|b)-(?P<words>.+)"),),
        words=vocabulary(side={"input": "in, inp"}, unread={"a tuned model": "ft"}),
        amount="sum",
        unit="of",
        units={"1K": Counted(1_000, "token"), "1M": Counted(1_000_000, "")},
        only=(Only("kind", ("use", None), "a price of capacity"),),
    )
    page = page_of(ModelList(url="https://a.example/p", yields="prices", rows=rows))
    for line in (
        "- Its rows say by themselves what they price, and are no listings",
        "- What is billed: `use`, in the form `(?P<name>a|b)-(?P<words>.+)`",
        "- Amount: `sum`, a number, in USD; zero is kept unread",
        "- Unit texts at `of`: `1K` is 1,000 token; `1M` is 1,000,000 (of what, the words tell); any other",
        "- Unread unless `kind` is `use`: a price of capacity",
        "| side | input | `in`, `inp` |",
        "| unread | a tuned model | `ft` |",
    ):
        assert line in page
    assert "| host | active | models | yes | x |" in page
    met = page_of(
        ModelList(url="https://a.example/m", yields="meters", id="{a}-{b}", meters=Meters("c[].id"))
    )
    assert "- Its entries, at `data`, say which meters bill `{a}-{b}`: `c[].id`" in met


def test_what_a_url_needs_and_what_yields_prices_is_told() -> None:
    page = page_of(
        ModelList(url="https://a.{REGION=eu}.example/{ACCOUNT}", yields="prices", paging=NextUrl("n"))
    )
    assert "- `GET https://a.{REGION=eu}.example/{ACCOUNT}`" in page
    assert "- The URL needs `ACCOUNT`" in page
    assert "- Its entries add prices to listings of the same id and are no listings" in page
    assert "- Paging: `n` is the next page's URL" in page


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        (
            Header("authorization", "A_KEY", prefix="Key"),
            "- Key: `A_KEY`, in the header `authorization` after `Key`",
        ),
        (QueryKey("key", "A_KEY"), "- Key: `A_KEY`, in the parameter `key`"),
        (
            FirstOf((Bearer("A_KEY", ("OTHER_KEY",)), SigV4("rocket"))),
            (
                "- Key: `A_KEY` or `OTHER_KEY`, as a bearer token; or `AWS_ACCESS_KEY_ID` and "
                "`AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN` for temporary ones: every call is "
                "signed for the service `rocket`"
            ),
        ),
        (GoogleServiceAccount("FILE"), "- Key: `FILE`, the path of a service account's key file"),
        (Bearer("A_KEY", required=False), "- Key: not needed and not sent (`A_KEY`)"),
        (Open(), "- Key: none"),
    ],
)
def test_where_a_key_goes_is_told(auth: Auth, told: str) -> None:
    assert told in provider_docs(
        [Provider(slug="a", name="A", kind="host", docs="https://a", evidence="x", auth=auth)]
    )


def page_of(of: ModelList) -> str:
    return provider_docs(
        [Provider(slug="a", name="A", kind="host", docs="https://a", evidence="x", lists=(of,))]
    )
