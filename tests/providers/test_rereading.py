"""Texts that were kept of prices, read by themselves: as in their entries, or not at all."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Rule
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import decode
from modelatlas.providers.reading import reader_of
from modelatlas.providers.registry import declared
from modelatlas.providers.rereading import Rereader

PROVIDERS = sorted(declared().values(), key=lambda provider: provider.slug)


def priced(provider: Provider) -> Iterator[tuple[ModelList, Listing]]:
    """The examples of a provider that have prices, as they are read whole."""
    for each in provider.lists:
        for entry, _ in each.examples:
            read = reader_of(provider, each).read(decode(msgspec.json.encode(entry))).result
            if isinstance(read, Listing) and read.prices:
                yield each, read


def texts_of(listing: Listing) -> dict[str, str]:
    """The texts of a listing, of paths with one text."""
    texts: dict[str, set[str]] = {}
    for rule in listing.prices:
        texts.setdefault(rule.path, set()).add(rule.raw)
    return {path: raw.pop() for path, raw in texts.items() if len(raw) == 1}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.slug)
def test_a_text_by_itself_says_what_it_says_in_its_entry_or_is_left(provider: Provider) -> None:  # F4
    rereader = Rereader(provider)
    for _, listing in priced(provider):
        for path, rules in rereader(texts_of(listing)).items():
            whole = [rule for rule in listing.prices if rule.path == path]
            if isinstance(rules, Rule):
                assert [rules] == [replace(rule, when=ALWAYS, rank=0) for rule in whole]
            else:
                assert list(rules) == whole


@pytest.mark.parametrize(
    ("slug", "path", "text", "unit", "billed"),
    [
        ("openrouter", "pricing.overrides[7].prompt", "0.000002", "input_token", "0.000002"),
        ("novita", "tiered_billing_configs[1].pricing.prompt.price_per_m", "20000", "input_token", "2.0000"),
        ("vercel-ai-gateway", "pricing.input_tiers[1].cost", "0.000002", "input_token", "0.000002"),
        ("xai", "prompt_text_token_price_long_context", "60000", "input_token", "600.00"),
    ],
)
def test_an_amount_under_conditions_is_read_without_them(
    slug: str, path: str, text: str, unit: str, billed: str
) -> None:
    rule = Rereader(declared()[slug])({path: text})[path]
    assert isinstance(rule, Rule)
    assert (rule.unit, str(rule.amount), rule.raw, rule.when) == (unit, billed, text, ALWAYS)


@pytest.mark.parametrize(
    ("slug", "path"),
    [
        ("openrouter", "pricing.overrides[0].unheard_of"),
        ("openrouter", "overrides[0].prompt"),
        ("openrouter", "pricing.overrides.prompt"),
        ("novita", "tiered_billing_configs[1]"),
    ],
)
@pytest.mark.parametrize("text", ["0.000002", "", "NaN", "-1", "{}", "[1]", "1e400", '"1"'])
def test_what_is_not_declared_is_left(slug: str, path: str, text: str) -> None:
    assert Rereader(declared()[slug])({path: text}) == {}


@pytest.mark.parametrize("text", ["", "NaN", "free", "{}", "[1]", "null", "true", "-5", "9" * 5_000])
@pytest.mark.parametrize("path", ["pricing.overrides[0].prompt", "pricing.prompt"])
def test_a_text_that_is_no_amount_is_left(path: str, text: str) -> None:
    for rules in Rereader(declared()["openrouter"])({path: text}).values():
        found = [rules] if isinstance(rules, Rule) else rules
        assert all(rule.state == "varying" for rule in found)


def test_a_zero_that_another_word_makes_free_is_left_as_it_was_read() -> None:  # F10
    aihubmix = declared()["aihubmix"]
    path = aihubmix.lists[0].prices["input_token"].path
    assert Rereader(aihubmix)({path: "0"}) == {}
    (rule,) = msgspec.convert(Rereader(aihubmix)({path: "2"})[path], tuple[Rule, ...])
    assert rule.state == "known"
