"""What sources say of a list is read one listing at a time, for as long as it is what they would say."""

from datetime import timedelta

from modelatlas.domain.precedence import Quoted
from modelatlas.domain.price import usd
from modelatlas.domain.priced import priced
from modelatlas.domain.quotes import Said, decode, encode, quotes
from modelatlas.domain.releases import Release
from tests.builders import NOON, release_of

LATER = NOON + timedelta(hours=1)
OWN = Quoted("provider", "provider", (usd("input_token", "0.0000010"),))
DEAR = Quoted("provider", "provider", (usd("input_token", "1"),))


def said(*quoted: Quoted, released: tuple[Release, ...] = ()) -> dict[str, Said]:
    return {"a": Said(quoted, released)}


def test_a_listing_is_priced_as_its_sources_say() -> None:
    kept = decode(encode(quotes(said(OWN), NOON, None)))
    assert kept.prices("acme", "a", LATER) == priced("acme", "a", LATER, [OWN])
    assert kept.prices("acme", "b", LATER) is None


def test_releases_are_obeyed() -> None:
    word = (release_of("1"),)
    kept = decode(encode(quotes(said(DEAR, released=word), NOON, None)))
    assert kept.prices("acme", "a", NOON) == priced("acme", "a", NOON, [DEAR], word)
    assert kept.prices("acme", "a", NOON) != priced("acme", "a", NOON, [DEAR])


def test_it_is_not_asked_of_another_time() -> None:
    curated = Quoted("curated:acme@2026-11-01", "curated", OWN.rules, (), LATER)
    for kept in (quotes(said(OWN), NOON, LATER), quotes(said(curated), NOON, None)):
        assert kept.until == LATER
        assert kept.prices("acme", "a", NOON - timedelta(seconds=1)) is None
        assert kept.prices("acme", "a", LATER - timedelta(seconds=1)) is not None
        assert kept.prices("acme", "a", LATER) is None
