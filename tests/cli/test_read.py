"""`read`: one JSON line for every entry of a saved payload, in its order; what is no payload is told."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modelatlas.providers import registry
from modelatlas.providers.contract import ModelList, Provider, Reject
from modelatlas.providers.fields import unix_date, usd_number
from modelatlas.providers.price_rows import Counted, Meters, PriceRows, Usage, vocabulary
from tests.cli.conftest import Ran, Run

ACME = Provider(
    slug="acme",
    name="Acme",
    kind="host",
    docs="https://acme.example/docs",
    evidence="inferred",
    aliases=("acme-cloud",),
    lists=(
        ModelList(
            url="https://acme.example/v1/models",
            fields={"name": "name", "released": unix_date("created")},
            prices={"input_token": usd_number("price", per="1M tokens")},
            unread={"tiers": "conditional price"},
            reject=(Reject("not_served", "off", lambda value: value is True),),
        ),
        ModelList(
            url="https://acme.example/v1/sums",
            name="sums",
            yields="prices",
            rows=PriceRows(
                usages=(Usage(path="use", pattern="(?P<name>[^ ]+) (?P<words>.+)"),),
                words=vocabulary(side={"input": "in"}, unread={"a price of a tuned model": "ft"}),
                amount="sum",
                unit="of",
                units={"1K": Counted(1_000, "token")},
            ),
        ),
        ModelList(
            url="https://acme.example/v1/meters",
            name="meters",
            yields="meters",
            id="{name}-{version}",
            meters=Meters("costs[].meter"),
        ),
        ModelList(
            url="https://acme.example/v1/offers", name="offers", each="hosts", id="{id}@{hosts.at}", prices={}
        ),
    ),
)
GONE = Provider(slug="gone", name="Gone", kind="host", docs="", evidence="", retired="it closed")


@pytest.fixture(autouse=True)
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {each.slug: each for each in (ACME, GONE)}
    monkeypatch.setattr("modelatlas.cli.read.declared", lambda: known)
    real = registry.slug_of
    monkeypatch.setattr("modelatlas.cli.read.slug_of", lambda word: real(word, known))


def payload(*entries: Any) -> bytes:
    return json.dumps({"data": entries}).encode()


def lines(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.split("\n")[:-1]]


def test_rows_of_a_price_document_are_told_with_their_reasons(modelatlas: Run) -> None:
    rows = [{"use": use, "sum": 1.50, "of": "1K"} for use in ("rocket in", "rocket ft in", "rocket out")]
    ran = modelatlas("read", "acme.sums", "-", stdin=payload(*rows))
    assert ran.code == 0
    assert lines(ran) == [
        {"provider": "acme", "model": model, "quote": f"1.5 per 1K: {row['use']}", "unread": reason}
        for row, model, reason in zip(
            rows,
            ("rocket", "", ""),
            (
                "a price of an unknown id",
                "a price of a tuned model",
                "its usage has words that are not known",
            ),
            strict=True,
        )
    ]
    assert ran.err.splitlines() == [
        "acme.sums: 3 rows, 1 of models that are not here",
        "unread: 1 a price of a tuned model",
        "unread: 1 its usage has words that are not known",
    ]
    told = json.loads(modelatlas("read", "acme.sums", "-", "--json", stdin=payload(*rows)).err)
    assert (told["rows"], told["of models that are not here"], sum(told["unread"].values())) == (3, 1, 2)


def test_meters_are_told_with_the_models_that_they_bill(modelatlas: Run) -> None:
    entries = [{"name": "rocket", "version": v, "costs": [{"meter": "M1"}, {"meter": f"M{v}"}]} for v in "23"]
    ran = modelatlas("read", "acme.meters", "-", stdin=payload(*entries, {"name": "no version"}))
    assert [(line["meter"], line["bills"]) for line in lines(ran)] == [
        ("m1", ["rocket-2", "rocket-3"]),
        ("m2", ["rocket-2"]),
        ("m3", ["rocket-3"]),
    ]
    assert (ran.code, ran.err) == (0, "acme.meters: 3 entries, 3 meters\n")
    wrong = modelatlas("read", "acme.meters", "-", stdin=b'{"message": "moved"}')
    assert (wrong.code, wrong.out) == (1, "")
    assert "-: expected a list at 'data'" in wrong.err


def test_each_entry_becomes_one_line_in_the_order_of_the_payload(modelatlas: Run) -> None:
    ran = modelatlas(
        "read",
        "acme",
        "-",
        stdin=payload(
            {"id": "b", "name": "B", "price": 2.5},
            {"name": "no id"},
            {"id": "a", "off": True},
            7,
            {"id": "a", "tiers": [1]},
        ),
    )
    assert ran.code == 0
    assert [(line.get("id"), line.get("rejected"), line.get("origin")) for line in lines(ran)] == [
        ("b", None, "provider"),
        (None, "no_id", None),
        ("a", "not_served", None),
        (None, "not_an_object", None),
        ("a", None, "provider"),
    ]
    assert lines(ran)[0]["prices"][0]["usd"] == "0.0000025"  # F7: exact, plain, no exponent
    assert lines(ran)[1]["detail"] == "expected at 'id'"


def test_of_entries_with_one_id_the_newest_is_the_listing_and_the_others_are_duplicates(
    modelatlas: Run,
) -> None:
    entries = [{"id": "a", "created": day * 86_400, "name": str(day)} for day in (1, 3, 2)]
    ran = modelatlas("read", "acme", "-", stdin=payload(*entries, {"id": "b"}))
    assert [(line["id"], line.get("name"), line.get("duplicate_of")) for line in lines(ran)] == [
        ("a", None, "a"),
        ("a", "3", None),
        ("a", None, "a"),
        ("b", None, None),
    ]
    assert "4 entries = 2 listings + 0 rejected + 2 duplicates" in ran.err


def test_equal_entries_are_one_listing_and_duplicates(modelatlas: Run) -> None:
    ran = modelatlas("read", "acme", "-", stdin=payload(*[{"id": "a"}] * 3))
    assert Counter("duplicate_of" in line for line in lines(ran)) == {False: 1, True: 2}


def test_a_list_of_offers_has_one_line_for_each_offer(modelatlas: Run) -> None:
    ran = modelatlas(
        "read",
        "acme.offers",
        "-",
        stdin=payload({"id": "a", "hosts": [{"at": "x"}, {"at": "y"}]}, {"id": "b"}),
    )
    assert [(line["id"], line.get("rejected")) for line in lines(ran)] == [
        ("a@x", None),
        ("a@y", None),
        ("b", "no_offer"),
    ]


def test_the_summary_counts_what_was_met(modelatlas: Run) -> None:
    ran = modelatlas(
        "read",
        "acme",
        "-",
        stdin=payload({"id": "a", "price": "cheap", "new": 1}, {"id": "b", "tiers": {}, "new": 2}, {}),
    )
    assert ran.err.splitlines() == [
        "acme.models: 3 entries = 2 listings + 1 rejected + 0 duplicates",
        "priced: 0 of 2 listings",
        "rejected: 1 no_id (the entry has no id where the provider's declaration expects it)",
        "unread: 1 conditional price",
        "unread: 1 expected a number",
        "surprise: 2 entries have 'new'",
    ]


def test_with_json_the_summary_is_json_too(modelatlas: Run) -> None:
    ran = modelatlas("read", "acme-cloud", "-", "--json", stdin=payload({"id": "a", "price": 1}, {}))
    assert json.loads(ran.err) == {
        "provider": "acme",
        "list": "models",
        "entries": 2,
        "listings": 1,
        "rejected": {"no_id": 1},
        "duplicates": 0,
        "priced": 1,
        "unread": {},
        "surprises": {},
    }


def test_a_packed_payload_is_unpacked_whatever_its_name(modelatlas: Run, tmp_path: Path) -> None:
    (tmp_path / "acme.json").write_bytes(gzip.compress(payload({"id": "a"})))
    for words, stdin in ((["acme.json"], b""), (["-"], gzip.compress(payload({"id": "a"})))):
        ran = modelatlas("read", "acme", *words, stdin=stdin)
        assert (ran.code, len(lines(ran))) == (0, 1)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"", "expected JSON, got an empty answer"),
        (b" \n", "expected JSON, got an empty answer"),
        (payload({"id": "a"})[:-4], "expected JSON, got"),
        (b"<!doctype html><title>Sign in</title>", "expected JSON, got '<!doctype html>"),
        (b'{"error": {"message": "no key"}}', "expected a list at 'data', got an object with the keys error"),
        (b"[" * 100_000, "nested deeper than any list is"),
        (b"\xff\xfe\x00", "expected JSON"),
        (gzip.compress(payload({"id": "a"}))[:-9], "expected a whole gzip file"),
    ],
    ids=["empty", "blank", "truncated", "html", "another shape", "deep", "not text", "truncated gzip"],
)
def test_what_is_no_payload_is_told_and_ends_with_1(
    bad: bytes, told: str, modelatlas: Run, tmp_path: Path
) -> None:
    """F24, F26: a cut or foreign answer is an error, never an empty list."""
    (tmp_path / "bad.json").write_bytes(bad)
    code, out, err = modelatlas("read", "acme", "bad.json")
    assert (code, out) == (1, "")
    assert err.startswith("error: bad.json: ")
    assert told in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_entries_of_which_none_is_a_listing_end_with_1(modelatlas: Run) -> None:
    ran = modelatlas("read", "acme", "-", stdin=payload({"slug": "a"}, {"slug": "b"}))
    assert ran.code == 1
    assert [line["rejected"] for line in lines(ran)] == ["no_id", "no_id"]
    assert "none of 2 entries is a listing" in ran.err


def test_a_list_without_entries_is_read(modelatlas: Run) -> None:
    code, out, err = modelatlas("read", "acme", "-", stdin=payload())
    assert (code, out) == (0, "")
    assert "0 entries = 0 listings" in err


def test_a_file_that_is_not_there_ends_with_1(modelatlas: Run, tmp_path: Path) -> None:
    for missing in ("nowhere.json", str(tmp_path)):
        code, out, err = modelatlas("read", "acme", missing)
        assert (code, out) == (1, "")
        assert err.startswith(f"error: {missing}: ")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("acmee", "did you mean 'acme'"),
        ("acme.modells", "expected one of models, sums, meters, offers"),
        (".models", "unknown"),
        ("gone", "gone has no list to read a payload of: it closed"),
    ],
)
def test_an_unknown_provider_or_list_ends_with_2(word: str, told: str, modelatlas: Run) -> None:
    code, out, err = modelatlas("read", word, "-")
    assert (code, out) == (2, "")
    assert told in err


def test_text_of_a_provider_steers_no_terminal_and_splits_no_line(modelatlas: Run) -> None:
    name = "a\x1b[31m\x9b31m\x85\u2028\u202eb"
    ran = modelatlas(
        "read", "acme", "-", stdin=payload({"id": "a", "tiers": "\x1b]0;owned\x07", "name\x1b": name})
    )
    assert len(ran.out.splitlines()) == 1
    assert not [char for char in ran.out + ran.err if not char.isprintable() and char != "\n"]


def test_recordings_are_read_in_full(modelatlas: Run, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelatlas.cli.read.declared", registry.declared)
    monkeypatch.setattr("modelatlas.cli.read.slug_of", registry.slug_of)
    openrouter = modelatlas("read", "openrouter", str(shared / "payloads/openrouter.json"))
    assert (openrouter.code, len(lines(openrouter))) == (0, 421)
    assert not [line for line in lines(openrouter) if "rejected" in line or "duplicate_of" in line]
    featherless = modelatlas("read", "featherless", str(shared / "payloads/featherless.json.gz"))
    assert (featherless.code, len(lines(featherless))) == (0, 15_698)
    assert sum("duplicate_of" in line for line in lines(featherless)) == 3
    assert "15,698 entries = 15,695 listings + 0 rejected + 3 duplicates" in featherless.err


def test_a_truncated_recording_is_an_error(modelatlas: Run, shared: Path) -> None:
    whole = (shared / "payloads/openrouter.json").read_bytes()
    code, out, err = modelatlas("read", "acme", "-", stdin=whole[: len(whole) // 2])
    assert (code, out) == (1, "")
    assert f"of {len(whole) // 2} bytes" in err


def test_the_list_of_any_openai_compatible_server_is_read(modelatlas: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text('{"data": [{"id": "acme/rocket-2", "max_model_len": 8192}]}', encoding="utf-8")
    ran = modelatlas("read", "openai-compatible", str(path))
    assert ran.code == 0
    line = json.loads(ran.out)
    assert (line["provider"], line["context_tokens"]) == ("openai-compatible", 8192)
    assert line["visibility"] == "account"
