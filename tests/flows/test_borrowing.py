"""A closed model's price is borrowed from its lab's own offer, and from nobody whose word is doubtful."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from modelatlas.domain.borrowing import Lender
from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, usd
from modelatlas.domain.releases import by_listing
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.publish import Publisher
from modelatlas.providers.registry import declared, lenders
from tests.builders import NOON, FakeClock, release_of

MODEL = Match("anthropic/claude-rocket-2")
LENDERS = (Lender("lab", "anthropic"), Lender("gate", None))
PLAIN = (usd("input_token", "0.000003"), usd("output_token", "0.000015"))


def part(slug: str, *rules: Rule, **more: Any) -> Snapshot:
    return snapshot(slug, NOON, [Listing(slug, "a", prices=rules, **more)])


def publisher(match: Match | None = MODEL, abstaining: tuple[str, ...] = (), **of: Match) -> Publisher:
    """Publish lists of one listing each; `of` are the models of providers whose listing is another."""

    def matched(part: Snapshot) -> dict[str, Match]:
        found = of.get(part.provider, match)
        return {} if found is None else {"a": found}

    return Publisher(FakeClock(), (), LENDERS, matched, abstaining)


def told(publisher: Publisher, *parts: Snapshot) -> dict[str, set[str]]:
    """Return the sources of the prices of each list."""
    return {each.provider: {rule.source for rule in each.listings[0].prices} for each in publisher.all(parts)}


def test_the_labs_own_offer_lends_before_a_gateway_and_is_named() -> None:
    gate = part("gate", usd("input_token", "0.000004"), usd("output_token", "0.00002"))
    lists = publisher().all([part("host"), gate, part("lab", *PLAIN)])
    assert [(rule.unit, rule.amount, rule.source) for rule in lists[0].listings[0].prices] == [
        ("input_token", Decimal("0.000003"), "borrowed:lab/a"),
        ("output_token", Decimal("0.000015"), "borrowed:lab/a"),
    ]
    assert told(publisher(), part("host"), gate)["host"] == {"borrowed:gate/a"}


def test_nothing_is_lent_to_another_variant_another_model_or_open_weights() -> None:
    """F39: a stranger's price is nobody else's."""
    lists = part("host"), part("lab", *PLAIN)
    for other in (
        replace(MODEL, variant=("fp8",)),
        replace(MODEL, model="anthropic/claude-rocket-3"),
        replace(MODEL, confidence="conflicting"),
        replace(MODEL, is_alias=True),
    ):
        assert told(publisher(host=other), *lists)["host"] == set()
    assert told(publisher(Match("openai/gpt-oss-120b")), part("host"), part("gate", *PLAIN))["host"] == set()
    assert told(publisher(None), *lists)["host"] == set()


def test_a_lab_lends_its_own_models_only_and_a_host_nothing() -> None:
    other = Match("openai/gpt-5")
    assert told(publisher(other), part("host"), part("lab", *PLAIN))["host"] == set()
    assert told(publisher(other), part("host"), part("another-host", *PLAIN))["host"] == set()


def test_free_conditional_private_and_doubtful_prices_are_not_lent() -> None:
    free = tuple(Rule(rule.unit, "free") for rule in PLAIN)
    long = replace(PLAIN[0], when=Condition(prompt_over=PromptOver(1000)), rank=1)
    dear = (usd("input_token", "3"), PLAIN[1])
    half = (Factor(Decimal("0.5")),)
    lenders = (
        part("lab", *free),
        part("lab", *PLAIN, long),
        part("lab", replace(PLAIN[0], valid_to="2026-12-01T00:00:00Z"), PLAIN[1]),
        part("lab", *(replace(rule, source="borrowed:gate/a") for rule in PLAIN)),
        part("lab", *PLAIN, visibility="account"),
        part("lab", *PLAIN, factors=half),
    )
    for lender in lenders:
        assert told(publisher(), part("host"), lender)["host"] == set(), lender.listings[0]
    kept_back = publisher().all([part("host"), part("lab", *dear)])[0]
    assert {rule.unit for rule in kept_back.listings[0].prices} == {"output_token"}


def test_a_batch_price_beside_it_does_not_keep_a_standard_price_from_being_lent() -> None:
    batch = replace(PLAIN[0], amount=Decimal("0.0000015"), when=Condition(tier="batch"))
    host = publisher().all([part("host"), part("lab", *PLAIN, batch)])[0].listings[0]
    assert [(rule.unit, rule.when.tier) for rule in host.prices] == [
        ("input_token", "standard"),
        ("output_token", "standard"),
    ]


def test_a_listing_borrows_what_it_lacks_only_where_both_agree() -> None:
    lab = part("lab", *PLAIN, usd("cache_read_token", "0.0000003"))
    agrees, differs = part("host", *PLAIN), part("host", usd("input_token", "0.000004"))
    assert told(publisher(), agrees, lab)["host"] == {"provider", "borrowed:lab/a"}
    assert told(publisher(), differs, lab)["host"] == {"provider"}


def test_a_borrowed_price_lets_nothing_out_of_quarantine() -> None:
    dear = part("host", usd("input_token", "3"))
    made = publisher()
    (host, _) = made.all([dear, part("lab", *PLAIN, usd("input_image", "1"))])
    assert [suspect.unit for suspect in made.kept["host"].suspects["a"]] == ["input_token"]
    assert "input_token" not in {rule.unit for rule in host.listings[0].prices}


def test_whoever_sells_by_subscription_borrows_nothing() -> None:
    lists = part("host"), part("lab", *PLAIN)
    assert told(publisher(abstaining=("host",)), *lists)["host"] == set()


def test_what_is_borrowed_follows_the_lender() -> None:
    made, host, lab = publisher(), part("host"), part("lab", *PLAIN)
    assert told(made, host, lab)["host"] == {"borrowed:lab/a"}
    dearer = part("lab", usd("input_token", "0.000005"), PLAIN[1])
    again = made.all([host, dearer])[0]
    assert again.listings[0].prices[0].amount == Decimal("0.000005")
    assert told(made, host, part("lab"))["host"] == set()


def test_a_release_changes_the_lists_of_that_provider_only() -> None:
    made = publisher()
    dear, other = part("dear", usd("input_token", "1")), part("other", *PLAIN)
    before = made.all([dear, other])
    assert made.obey(by_listing([release_of("1", provider="dear")]))
    after = made.all([dear, other])
    assert after[1] is before[1]
    assert (len(before[0].listings[0].prices), len(after[0].listings[0].prices)) == (0, 1)


def test_labs_lend_before_gateways_that_pass_prices_through() -> None:
    found = lenders(declared().values())
    assert {each.slug: each.lab for each in found if each.slug in {"openai", "xai", "openrouter"}} == {
        "openai": "openai",
        "xai": "x-ai",
        "openrouter": None,
    }
    labs = [each.lab is not None for each in found]
    assert labs == sorted(labs, reverse=True)
