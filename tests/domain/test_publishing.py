"""What is published: the provider's word on all but prices, and on prices whoever's word counts."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.precedence import Quoted, Standing
from modelatlas.domain.price import Condition, PromptOver, Rule, usd
from modelatlas.domain.publishing import published
from modelatlas.domain.releases import Releases, by_listing
from modelatlas.domain.snapshot import Origin, Snapshot, snapshot
from tests.builders import NOON, release_of

EACH = "0.000001"


class Source:
    """Says these prices of the listings of one provider."""

    def __init__(self, name: str, standing: Standing, **rules: tuple[Rule, ...]) -> None:
        self.name = name
        self.standing = standing
        self.rules = rules

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        rules = self.rules.get(id_)
        return None if rules is None else Quoted(self.name, self.standing, rules)

    def slug_of(self, word: str) -> str | None:
        return word


def from_(source: str, unit: str, amount: str) -> Rule:
    return replace(usd(unit, amount), source=source)


def released(id_: str, amount: str) -> Releases:
    return by_listing([release_of(amount, id_)])


def part(*listings: Listing, origin: Origin = "provider") -> Snapshot:
    return snapshot("acme", NOON, listings, origin=origin)


def a(*rules: Rule) -> Listing:
    return Listing("acme", "a", context_tokens=7, prices=rules)


def test_a_list_that_nobody_adds_to_is_published_as_it_was_heard() -> None:
    heard = part(a(usd("input_token", EACH)), Listing("acme", "b"))
    made = published(heard, [], NOON)
    assert made.snapshot.listings == heard.listings
    assert (made.snapshot.digest, made.snapshot.heard_digest) == (heard.digest, heard.digest)
    assert (made.suspects, made.disputes, made.until) == ({}, {}, None)


def test_a_price_the_list_does_not_say_comes_from_whoever_agrees_with_it() -> None:
    file = Source("file", "reference", a=(from_("file", "input_token", EACH), from_("file", "image", "0.01")))
    made = published(part(a(usd("input_token", EACH))), [file], NOON)
    (listing,) = made.snapshot.listings
    assert [(rule.unit, rule.source) for rule in listing.prices] == [
        ("input_token", "provider"),
        ("image", "file"),
    ]
    assert listing.context_tokens == 7
    assert made.snapshot.digest != made.snapshot.heard_digest


def test_the_lists_own_price_stays_and_the_dispute_is_said() -> None:
    file = Source("file", "reference", a=(from_("file", "input_token", "0.000002"),))
    made = published(part(a(usd("input_token", EACH))), [file], NOON)
    assert made.snapshot.listings[0].prices == (usd("input_token", EACH),)
    assert [choice.others[0].source for choice in made.disputes["a"]] == ["file"]


def test_a_suspect_price_is_kept_back_until_an_operator_lets_it_out() -> None:
    """F17: a dollar a token is outside of any band; it is shown as evidence, not as a price."""
    heard = part(a(usd("input_token", "1"), usd("output_token", EACH)))
    made = published(heard, [], NOON)
    assert [rule.unit for rule in made.snapshot.listings[0].prices] == ["output_token"]
    assert [(each.unit, each.suspicion) for each in made.suspects["a"]] == [("input_token", "outside_band")]
    let_out = published(heard, [], NOON, released("a", "1"))
    assert let_out.snapshot.listings == heard.listings
    assert not let_out.suspects
    assert published(heard, [], NOON, released("b", "1")).suspects == made.suspects


def test_a_release_lets_no_other_amount_through() -> None:
    """F17b: what was looked at once is that amount; another one later has to be looked at again."""
    later = part(a(usd("input_token", "2")))
    assert list(published(later, [], NOON, released("a", "1")).suspects) == ["a"]
    assert not published(later, [], NOON, released("a", "2.0")).suspects


def test_an_announced_price_is_published_and_turns_at_its_instant() -> None:
    begins = NOON + timedelta(days=1)
    later = replace(usd("input_token", "0.000002"), valid_from=begins.isoformat(), rank=1)
    heard = part(a(replace(usd("input_token", EACH), valid_to=begins.isoformat()), later))
    assert published(heard, [], NOON).until == begins
    after = published(heard, [], begins)
    assert after.until is None
    assert [str(rule.amount) for rule in after.snapshot.listings[0].prices] == ["0.000002"]


def test_a_price_under_conditions_alone_is_kept() -> None:
    """Nothing is lost: who says only what long prompts cost is not read as saying nothing."""
    long = replace(usd("input_token", EACH), when=Condition(prompt_over=PromptOver(1000)))
    assert published(part(a(long)), [], NOON).snapshot.listings[0].prices == (long,)


def test_a_reference_that_stands_in_is_no_word_of_the_provider() -> None:
    """Of two references that differ, none is taken for the list itself."""
    rules = (from_("one", "input_token", EACH),)
    one = Source("one", "reference", a=rules)
    file = Source("file", "curated", a=(from_("file", "input_token", "0.0000011"),))
    made = published(part(a(*rules), origin="reference"), [file, one], NOON)
    assert [rule.source for rule in made.snapshot.listings[0].prices] == ["file"]
    assert made.snapshot.origin == "reference"


def test_a_source_that_contradicts_itself_harms_no_other_listing() -> None:
    twice = (from_("file", "image", "0.01"), from_("file", "image", "0.02"))
    heard = part(a(usd("input_token", EACH)), Listing("acme", "b", prices=(usd("input_token", EACH),)))
    more = (from_("file", "input_token", EACH), from_("file", "image", "0.03"))
    made = published(heard, [Source("file", "reference", a=twice, b=more)], NOON)
    first, second = made.snapshot.listings
    assert first.prices == (usd("input_token", EACH),)
    assert [rule.unit for rule in second.prices] == ["input_token", "image"]
    assert [(each.id, "image is not settled" in each.reason) for each in made.snapshot.unread] == [
        ("a", True)
    ]
