"""Listings are grouped by model, with what each unit costs where; an operator's word is the strongest."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.identity import Match, match
from modelatlas.domain.identity.matches import Matches, Word
from modelatlas.domain.identity.models import Model, median, models_of, spread, spreads
from modelatlas.domain.identity.unmatched import likeness, questions
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON

LLAMA = "meta-llama/llama-3.3-70b-instruct"


def priced(provider: str, id_: str, per_million: str | None, **more: object) -> Listing:
    prices = () if per_million is None else (usd("input_token", per_million, per="1M tokens"),)
    return Listing(provider, id_, prices=prices, **more)  # type: ignore[arg-type]


def world(*listings: Listing) -> Catalog:
    parts: dict[str, list[Listing]] = {}
    for listing in listings:
        parts.setdefault(listing.provider, []).append(listing)
    return catalog(snapshot(slug, NOON, some) for slug, some in parts.items())


OFFERS = (
    priced("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "0.88"),
    priced("groq", "llama-3.3-70b-versatile", None),
    priced("fireworks", "accounts/fireworks/models/llama-v3p3-70b-instruct", "0.90"),
    priced("amazon-bedrock", "us.meta.llama3-3-70b-instruct-v1:0", "0.72"),
    priced("cloudflare-workers-ai", "@cf/meta/llama-3.3-70b-instruct-fp8-fast", "0.29"),
    Listing("near", "meta-llama/Llama-3.3-70B-Instruct", prices=(Rule("input_token", "free"),)),
    Listing("zai", "glm-4.6", prices=(Rule("input_token", "varying"),)),
)


def test_one_model_under_five_names_is_one() -> None:
    """F38, F21: grouped as a view; every listing is still there."""
    models = models_of(world(*OFFERS), Matches().of)
    assert sorted(models) == [LLAMA, "zai-org/glm-4.6"]
    model = models[LLAMA]
    assert (model.lab, model.name) == ("meta-llama", "llama-3.3-70b-instruct")
    assert len(model.offers) == 6
    variants = {offer.listing.provider: offer.match.variant for offer in model.offers}
    assert variants["cloudflare-workers-ai"] == ("fast", "fp8")
    assert variants["fireworks"] == ()


def test_what_a_unit_costs_is_counted_by_what_is_known() -> None:
    """F20: nothing that is unknown, free or varying wins."""
    model = models_of(world(*OFFERS), Matches().of)[LLAMA]
    (found,) = spreads(model)
    assert (found.unit, found.known, found.free, found.varying) == ("input_token", 4, 1, 0)
    assert found.least is not None
    assert found.most is not None
    assert (found.least.usd, found.least.offer.listing.provider) == (
        Decimal("0.00000029"),
        "cloudflare-workers-ai",
    )
    assert found.most.offer.listing.provider == "fireworks"
    assert found.median == Decimal("0.0000008")  # between 0.72 and 0.88 per million


def test_conditions_and_other_money_are_not_mixed_in() -> None:
    batch = Rule("input_token", "known", Decimal(1), per="1M tokens", when=Condition(tier="batch"))
    yuan = Rule("input_token", "known", Decimal(1), "CNY", "1M tokens")
    offers = models_of(
        world(*(Listing(slug, "glm-4.6", prices=(rule,)) for slug, rule in (("a", batch), ("b", yuan)))),
        Matches().of,
    )["zai-org/glm-4.6"].offers
    found = spread(offers, "input_token")
    assert (found.known, found.free, found.varying, found.median) == (0, 0, 1, None)


@given(st.lists(st.decimals(0, 1000, places=9), min_size=1, max_size=9))
def test_the_median_is_exact(amounts: list[Decimal]) -> None:
    """F7: half of the amounts lie on either side, and no digit is lost."""
    ordered = sorted(amounts)
    found = median(ordered)
    at_most, at_least = (sum(each <= found for each in ordered), sum(each >= found for each in ordered))
    assert min(at_most, at_least) * 2 >= len(ordered)
    if len(ordered) % 2 == 0:
        assert found * 2 == ordered[len(ordered) // 2 - 1] + ordered[len(ordered) // 2]


def test_an_operators_word_is_stronger_than_all_evidence() -> None:
    """F29, F39: a word joins and takes apart, and can be taken back."""
    words = {
        ("groq", "llama-3.3-70b-versatile"): Word(None, "another checkpoint"),
        ("zai", "glm-4.6"): Word("zai-org/glm-x", "as they say"),
    }
    models = models_of(world(*OFFERS), Matches(words).of)
    assert len(models[LLAMA].offers) == 5
    (offer,) = models["zai-org/glm-x"].offers
    assert [(each.kind, each.detail) for each in offer.match.evidence] == [("operator", "as they say")]
    assert len(models_of(world(*OFFERS), Matches().of)[LLAMA].offers) == 6
    assert len({Matches().version, Matches(words).version}) == 2


def test_a_list_is_matched_once_for_as_long_as_it_says_the_same() -> None:
    asked: list[str] = []

    def counting(listing: Listing) -> Match | None:
        asked.append(listing.id)
        return match(listing)

    matches = Matches(matcher=counting)
    whole = world(*OFFERS)
    for part in whole.snapshots.values():
        assert matches.of(part) is matches.of(part)
    assert len(asked) == len(OFFERS)
    other_price = priced("groq", "llama-3.3-70b-versatile", "1")
    matches.of(snapshot("groq", NOON, [other_price]))
    assert len(asked) == len(OFFERS)
    matches.of(snapshot("groq", NOON, [msgspec.structs.replace(other_price, name="Other")]))
    assert len(asked) == len(OFFERS) + 1
    matches.forget_all_but(world(OFFERS[0]))
    assert list(matches._kept) == ["together"]


def test_what_is_not_matched_is_put_together_where_it_looks_alike() -> None:
    strange = ("mystery-model-x", "Mystery_Model.X:free", "lonely-one")
    found = questions(world(*(Listing(f"p{at}", id_) for at, id_ in enumerate(strange))), Matches().of)
    assert [(each.problem, each.key, len(each.listings)) for each in found] == [
        ("unmatched", "mystery model x", 2),
        ("unmatched", "lonely one", 1),
    ]


def test_a_contradicted_match_is_a_question_with_its_reasons() -> None:
    odd = Listing(
        "featherless", "meta-llama/Llama-3.3-70B-Instruct", repository="meta-llama/Llama-3.1-8B-Instruct"
    )
    (found,) = questions(world(odd), Matches().of)
    assert (found.problem, found.key) == ("conflicting", LLAMA)
    assert any("size" in reason for reason in found.reasons)


def test_likeness_joins_no_models() -> None:
    assert likeness("Qwen2.5-7B") != likeness("Qwen2-57B")
    assert Model("a/b", ()).providers == ()
