"""From payloads to snapshots: entries, ids, offers, pages, duplicates and joined lists."""

import doctest
import importlib
import json
import pkgutil
from decimal import Decimal
from typing import Any

import pytest

from modelatlas import domain, providers
from modelatlas.domain.errors import Unreadable
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.payload import decode, entries, entries_of, raw_text
from modelatlas.providers.reading import read_entry
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.short import one, said, snapshot_of


@pytest.mark.parametrize("package", [domain, providers], ids=lambda package: package.__name__)
def test_the_examples_in_docstrings_are_true(package: Any) -> None:
    names = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    results = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 0


def test_an_id_is_kept_as_the_provider_spells_it() -> None:
    """F27b: what is served is the id that can be called, not the name."""
    read = one("openrouter", id="~acme/Rocket_2:free", name="Acme: Rocket 2", pricing={})
    assert (read.id, read.name) == ("~acme/Rocket_2:free", "Acme: Rocket 2")


@pytest.mark.parametrize("id_", ["", " ", "a\nb", "x" * 301, " a", 5, 1.5, None, True, ["a"], {"a": 1}])
def test_what_is_no_id_is_rejected(id_: Any) -> None:
    result = read_entry(declared()["groq"], {"id": id_})
    assert result.reason in {"no_id", "bad_id"}  # type: ignore[union-attr]


def test_fine_tunes_belong_to_the_account() -> None:
    assert one("mistral", id="ft:rocket:1").visibility == "account"
    assert one("mistral", id="rocket", type="fine-tuned").visibility == "account"
    assert one("mistral", id="rocket", type="something new").visibility == "account"
    assert one("mistral", id="rocket", type="base").visibility == "public"


def test_each_live_host_is_an_offer() -> None:
    hosts = [{"provider": "a", "status": "live"}, {"provider": "b", "status": "error"}, {"provider": "c"}]
    read = snapshot_of("huggingface", [{"id": "m", "providers": hosts}, {"id": "n", "providers": []}])
    assert [each.id for each in read.listings] == ["m:a"]
    assert [(each.id, each.reason) for each in read.rejected] == [
        ("m:b", "not_served"),
        ("m:c", "not_served"),
        ("n", "no_offer"),
    ]


def test_pages_are_one_list() -> None:
    pages = [json.dumps({"data": [{"id": id_}]}).encode() for id_ in ("b", "a")]
    read = read_snapshot(declared()["groq"], {"models": pages}, NOON)
    assert [each.id for each in read.listings] == ["a", "b"]


def test_the_newest_of_one_id_stays_whatever_the_order() -> None:
    twins = [{"id": "a", "created": created, "context_window": created} for created in (10**9, 2 * 10**9)]
    for order in (twins, twins[::-1]):
        read = snapshot_of("groq", order)
        assert [each.context_tokens for each in read.listings] == [2 * 10**9]
        assert [each.detail for each in read.duplicates] == [
            "the entry that stays differs in context_tokens, released"
        ]


def test_of_equally_old_ones_the_same_stays_whatever_the_order() -> None:
    twins = [{"id": "a", "context_window": context} for context in (4096, 8192)]
    assert snapshot_of("groq", twins).digest == snapshot_of("groq", twins[::-1]).digest


def test_lists_are_joined_by_id() -> None:
    """F21: no offer is lost, and the earlier list is right where both say something."""
    models = [
        {"id": "a", "metadata": {"pricing": {"input_tokens": 0.1, "output_tokens": 1}}},
        {"id": "b"},
    ]
    native = [
        {"model_name": "a", "quantization": "fp8", "pricing": {"cents_per_input_token": 1e-05}},
        {"model_name": "c", "max_tokens": 4096},
    ]
    read = read_snapshot(
        declared()["deepinfra"],
        {"models": [json.dumps({"data": models}).encode()], "native": [json.dumps(native).encode()]},
        NOON,
    )
    assert [(each.id, each.quantization) for each in read.listings] == [
        ("a", "fp8"),
        ("b", None),
        ("c", None),
    ]
    assert [rule.path for rule in read.listings[0].prices] == [
        "metadata.pricing.input_tokens",
        "metadata.pricing.output_tokens",
    ]
    assert (read.entries, len(read.duplicates), read.unread) == (4, 1, ())


def test_a_price_that_two_lists_say_differently_is_kept_unread() -> None:
    payloads = {
        "models": [
            json.dumps({"data": [{"id": "a", "metadata": {"pricing": {"input_tokens": 0.1}}}]}).encode()
        ],
        "native": [json.dumps([{"model_name": "a", "pricing": {"cents_per_input_token": 0.1}}]).encode()],
    }
    read = read_snapshot(declared()["deepinfra"], payloads, NOON)
    assert said(read.listings[0]) == {"input_token": Decimal("1E-7")}
    assert [each.path for each in read.unread] == ["pricing.cents_per_input_token"]


GROQ = declared()["groq"].lists[0]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"", "expected JSON, got an empty answer"),
        (b" \n", "expected JSON, got an empty answer"),
        (b"<!doctype html><html>", "expected JSON, got '<!doctype html><html>'"),
        (b"\xff\xfe", "expected JSON, got"),
        (b'{"data": [{"id": "a"}', "expected JSON, got"),
        (b"[" * 100_000, "nested deeper"),
        (b"null", "expected a list at 'data', got a NoneType"),
        (b"[]", "expected a list at 'data', got a list"),
        (b'{"models": []}', "expected a list at 'data', got an object with the keys models"),
        (b'{"data": {}}', "expected a list at 'data', got an object with the keys data"),
    ],
)
def test_what_is_no_list_is_unreadable(payload: bytes, message: str) -> None:
    """F24, F26: an error never looks like an empty list."""
    with pytest.raises(Unreadable, match=message.replace("<", "<")):
        entries(GROQ, payload)


def test_a_list_of_something_else_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="expected models, got 2 entries that are none"):
        snapshot_of("groq", [{"name": "a"}, 5])


def test_an_empty_list_is_an_empty_snapshot() -> None:
    assert snapshot_of("groq", []).entries == 0


@pytest.mark.parametrize("payloads", [{}, {"modells": [b"[]"]}])
def test_a_list_that_is_not_declared_is_said(payloads: dict[str, list[bytes]]) -> None:
    with pytest.raises(Unreadable, match="expected payloads of the lists models, native"):
        read_snapshot(declared()["deepinfra"], payloads, NOON)


@pytest.mark.parametrize("sent", [b"0.10", b"1E-7", b"7.0", b"0.020000000000000004"])
def test_the_text_of_a_number_is_kept(sent: bytes) -> None:
    assert decode(sent) == sent.decode()
    assert raw_text(decode(b'{"a": [' + sent + b"]}")) == f'{{"a":[{sent.decode()}]}}'


def test_a_list_is_read_with_its_envelope_or_without() -> None:
    wrapped, bare = {"data": [{"id": "rocket-2"}]}, [{"id": "rocket-2"}]
    for slug in ("groq", "together"):
        of = declared()[slug].lists[0]
        assert entries_of(of, wrapped) == entries_of(of, bare) == bare
