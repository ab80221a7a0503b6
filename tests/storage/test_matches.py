"""Which model a listing is, in the store: written with it, healed by a better matching, else left alone."""

import msgspec

from modelatlas.domain.identity.match import Evidence, Match
from modelatlas.domain.identity.matches import Matches, Word
from modelatlas.domain.listing import Listing
from modelatlas.storage.ledger import SqlLedger
from tests.builders import NOON, snapshot_of
from tests.storage.stores import Statements, Store

STORED = (
    "SELECT provider_model_id, canonical_model, match FROM models "
    "LEFT JOIN model_matches ON model_id = models.id ORDER BY provider_model_id"
)


def old(of: Listing) -> Match | None:
    return Match("lab/a", ("fp8",), (Evidence("parse", "a"),)) if of.id == "a" else None


def better(of: Listing) -> Match | None:
    return Match(f"lab/{of.id}") if of.id in {"a", "b"} else None


def taught(store: Store, matches: Matches) -> Store:
    store.ledger = SqlLedger(store.engine, matches.of)
    return store


def stored(store: Store) -> dict[str, tuple[str | None, Match | None]]:
    return {
        id_: (model, None if text is None else msgspec.json.decode(text, type=Match))
        for id_, model, text in store.rows(STORED)
    }


def test_a_sync_writes_the_model_and_its_evidence(store: Store) -> None:
    taught(store, Matches(matcher=old)).sync(snapshot_of("a", "b"))
    match = Match("lab/a", ("fp8",), (Evidence("parse", "a"),))
    assert stored(store) == {"a": ("lab/a", match), "b": (None, None)}


def test_a_second_sync_writes_no_row_of_models_or_matches(store: Store) -> None:  # F42
    taught(store, Matches(matcher=old)).sync(snapshot_of("a", "b"))
    statements = Statements(store.engine)
    assert store.sync(snapshot_of("a", "b")).unchanged == 2
    words = [text for text in statements.writing if "model_matches" in text or " models " in text]
    assert not words


def test_a_better_matching_heals_rows_whose_listings_are_what_they_were(store: Store) -> None:
    taught(store, Matches(matcher=old)).sync(snapshot_of("a", "b", "c"))
    run = taught(store, Matches(matcher=better)).sync(snapshot_of("a", "b", "c"))
    assert (run.updated, run.unchanged) == (0, 3)
    healed = {id_: (f"lab/{id_}", Match(f"lab/{id_}")) for id_ in ("a", "b")}
    assert stored(store) == {**healed, "c": (None, None)}
    taught(store, Matches(matcher=lambda _: None)).sync(snapshot_of("a", "b", "c"))
    assert stored(store) == {"a": (None, None), "b": (None, None), "c": (None, None)}


def test_an_operators_word_on_a_model_survives_syncs_until_it_is_taken_back(store: Store) -> None:
    store.ledger.say_model("acme", "a", "lab/old", NOON)
    store.ledger.say_model("acme", "a", "lab/said", NOON, "as they say")
    store.ledger.say_model("acme", "b", None, NOON)
    words = store.ledger.models_said()
    assert dict(words) == {
        ("acme", "a"): Word("lab/said", "as they say", NOON),
        ("acme", "b"): Word(None, "", NOON),
    }
    taught(store, Matches(words, better))
    for _ in range(2):
        store.sync(snapshot_of("a", "b"))
        assert {id_: model for id_, (model, _) in stored(store).items()} == {"a": "lab/said", "b": None}
    assert store.ledger.forget_model("acme", "a")
    assert not store.ledger.forget_model("acme", "a")
    taught(store, Matches(store.ledger.models_said(), better)).sync(snapshot_of("a", "b"))
    assert {id_: model for id_, (model, _) in stored(store).items()} == {"a": "lab/a", "b": None}


def test_words_on_listings_are_told_with_note_and_date(store: Store) -> None:
    store.ledger.override("acme", "b", "keep", NOON)
    store.ledger.override("acme", "a", "exclude", NOON, "too dear")
    told = [(word.id, word.kind, word.note, word.said_at) for word in store.ledger.listing_words()]
    assert told == [("a", "exclude", "too dear", NOON), ("b", "keep", "", NOON)]
