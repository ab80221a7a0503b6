"""One contract for all providers: whatever is declared must pass here, and a new file needs no new test."""

import random
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas import providers
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.listing import MODES, STATUSES, Listing
from modelatlas.domain.price import Rule, per_single_unit
from modelatlas.domain.snapshot import REJECT_REASONS, Rejected
from modelatlas.domain.units import PER, UNITS
from modelatlas.providers.assembling import read_list, read_snapshot
from modelatlas.providers.contract import (
    Auth,
    Bearer,
    Entry,
    GoogleServiceAccount,
    Header,
    ModelList,
    Provider,
    QueryKey,
    SigV4,
    auth_of,
    ways_of,
)
from modelatlas.providers.paths import known_paths, price_paths, read_paths
from modelatlas.providers.payload import decode, dig, leaf_paths, offers
from modelatlas.providers.reading import Reader, read_entry
from modelatlas.providers.registry import declared, slug_of, words

PROVIDERS = list(declared().values())
LISTS = [
    (provider, of)
    for provider in PROVIDERS
    for of in provider.lists
    if of.rows is None and of.yields != "meters"  # those have a contract of their own
]
EXAMPLES = [(provider, of, *example) for provider, of in LISTS for example in of.examples]
FILES = {
    provider.slug: Path(*providers.__path__) / f"{provider.slug.replace('-', '_')}.py"
    for provider in PROVIDERS
}
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)

each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.slug)
each_list = pytest.mark.parametrize(("provider", "of"), LISTS, ids=[f"{p.slug}.{of.name}" for p, of in LISTS])
each_example = pytest.mark.parametrize(
    ("provider", "of", "entry", "expected"), EXAMPLES, ids=[f"{p.slug}.{of.name}" for p, of, _, _ in EXAMPLES]
)


@each_example
def test_examples_read_as_declared(
    provider: Provider, of: ModelList, entry: Entry, expected: Listing | Rejected
) -> None:
    found = read_entry(provider, entry, of)
    assert plainly(found) == plainly(expected), f"if this is right, paste it: {source(found)}"


@each_list
def test_every_declared_path_is_alive(provider: Provider, of: ModelList) -> None:
    sent = [entry for entry, _ in of.examples]
    assert not [path for path in read_paths(of) if all(dig(entry, path) is None for entry in sent)]


@each_list
def test_every_declared_unit_is_read_in_some_example(provider: Provider, of: ModelList) -> None:
    read = {
        rule.unit for _, expected in of.examples if isinstance(expected, Listing) for rule in expected.prices
    }
    assert of.prices.keys() <= read


@each_list
def test_every_price_is_per_its_own_kind_of_unit(provider: Provider, of: ModelList) -> None:
    assert not [
        f"{unit} cannot be priced per {price.per}"
        for unit, price in of.prices.items()
        if PER[price.per][0] != UNITS[unit]
    ]


@each_example
def test_every_price_that_is_read_is_per_its_own_kind_of_unit(
    provider: Provider, of: ModelList, entry: Entry, expected: Listing | Rejected
) -> None:
    found = read_entry(provider, entry, of)
    for rule in found.prices if isinstance(found, Listing) else ():
        assert PER[rule.per][0] == UNITS[rule.unit]
        assert (rule.amount is not None) == (rule.state == "known")
        assert rule.raw, "the quote is kept"
        assert rule.path, "and where it stood"


@each_example
def test_no_key_of_an_example_goes_unnoticed(
    provider: Provider, of: ModelList, entry: Entry, expected: Listing | Rejected
) -> None:
    assert not [path for path in leaf_paths(entry) if not is_known(path, of)]
    assert not Reader(provider, of).surprises(received(entry))


@each_list
def test_a_new_key_is_noticed_beside_every_price(provider: Provider, of: ModelList) -> None:
    """F12: a new dimension of a price must not slip by."""
    beside = {"", *(path.rpartition(".")[0] for price in of.prices.values() for path in price_paths(price))}
    for entry, path in ((entry, path) for entry, _ in of.examples for path in beside):
        grown = received(entry)
        inner = dig(grown, path)
        if isinstance(inner, dict):
            inner["never_seen"] = 1
            assert Reader(provider, of).surprises(grown) == {f"{path}.never_seen".lstrip(".")}


@each_list
def test_another_thing_in_the_place_of_an_object_is_noticed(provider: Provider, of: ModelList) -> None:
    for entry, path in ((entry, price.path) for entry, _ in of.examples for price in of.prices.values()):
        bent = received(entry)
        above, _, last = path.rpartition(".")[0].rpartition(".")
        if last and isinstance(dig(bent, f"{above}.{last}".lstrip(".")), dict):
            dig(bent, above)[last] = "0.1"
            assert Reader(provider, of).surprises(bent) >= {f"{above}.{last}".lstrip(".")}


@each_list
def test_fields_and_constants_are_those_of_a_listing(provider: Provider, of: ModelList) -> None:
    names = {field.name for field in msgspec.structs.fields(Listing)} - {"provider", "id", "prices"}
    assert {*of.fields, *of.always} <= names
    assert of.always.get("mode", "chat") in MODES
    assert {reject.reason for reject in of.reject} <= REJECT_REASONS.keys()


@each_example
def test_what_is_read_are_words_of_ours(
    provider: Provider, of: ModelList, entry: Entry, expected: Listing | Rejected
) -> None:
    if isinstance(expected, Rejected):
        assert expected.reason in REJECT_REASONS
        return
    assert expected.mode is None or expected.mode in MODES
    assert expected.status in STATUSES
    assert expected.provider == provider.slug
    if provider.kind == "lab":
        assert expected.lab == provider.lab


@each_example
def test_examples_are_invented(
    provider: Provider, of: ModelList, entry: Entry, expected: Listing | Rejected
) -> None:
    assert re.search(r"acme|rocket|openrouter/", str(expected.id).lower()), "use models of acme's"


@each_provider
def test_a_provider_is_named_once_and_dated(provider: Provider) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", provider.slug)
    assert FILES[provider.slug].is_file(), "the file is called as the provider is"
    assert provider.lists or provider.retired
    assert len({of.name for of in provider.lists}) == len(provider.lists)
    assert re.match(r"(recorded|documented|inferred) 20\d\d", provider.evidence)
    assert (provider.lab is not None) == (provider.kind == "lab")
    assert all(re.compile(pattern) for pattern in provider.private)
    assert all(of.unpriced for of in provider.lists)


def test_every_word_names_one_provider() -> None:
    # F22: the registry is the one list of providers.
    said = [word for provider in PROVIDERS for word in (provider.slug, *provider.aliases)]
    assert len(said) == len(set(said))
    assert {word: slug_of(word.upper()) for word in said} == words(PROVIDERS)


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("NEAR_AI", "near"), ("Google AI Studio", "google-ai-studio"), ("Z.AI", "zai"), ("z_ai", "zai"),
        ("nearai", "near"), ("near-ai", "near"), ("alibaba-cloud", "alibaba"), ("dashscope", "alibaba"),
        ("google", "google-ai-studio"), ("gemini", "google-ai-studio"), ("google-gemini", "google-ai-studio"),
        ("vertex", "google-vertex"), ("vertex_ai", "google-vertex"), ("vertexai", "google-vertex"),
        ("bedrock", "amazon-bedrock"), ("azure", "azure-openai"), ("azure_ai", "azure-openai"),
        ("together-ai", "together"), ("togetherai", "together"), ("together_ai", "together"),
        ("fireworks-ai", "fireworks"), ("fireworks_ai", "fireworks"), ("x-ai", "xai"), ("grok", "xai"),
        ("workers-ai", "cloudflare-workers-ai"), ("cloudflare", "cloudflare-workers-ai"),
        ("moonshotai", "moonshot"), ("kimi", "moonshot"), ("zhipu", "zai"),
        ("z-ai", "zai"), ("zai-org", "zai"), ("nvidia", "nvidia-nim"), ("nvidia_nim", "nvidia-nim"),
        ("vercel", "vercel-ai-gateway"), ("hf", "huggingface"), ("fal-ai", "fal"), ("fal_ai", "fal"),
        ("infron", "onerouter"), ("mistralai", "mistral"), ("deepseek-ai", "deepseek"),
        ("featherless-ai", "featherless"), ("novita-ai", "novita"), ("akashml", "akash"),
        ("copilot", "github-copilot"), ("ollama-cloud", "ollama"), (" OpenRouter ", "openrouter"),
    ],
)  # fmt: skip
def test_the_words_of_other_catalogs_name_a_provider(word: str, slug: str) -> None:
    assert slug_of(word) == slug


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadRequest, match="did you mean 'openrouter'"):
        slug_of("openruter")


@each_provider
def test_calls_go_out_by_https_and_hold_no_secret(provider: Provider) -> None:
    for url in (provider.docs, *(of.url for of in provider.lists)):
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert parts.hostname
        assert re.search(r"(^|\.)[a-z0-9-]+\.[a-z]+$", parts.hostname), "the end of the host is declared"
        assert parts.username is None
        assert parts.password is None
        assert not parts.fragment
    for of in provider.lists:
        assert not urlsplit(of.url).query, "parameters stand in `params`"
        assert not [
            name for name in (*of.headers, *of.params) if re.search(r"(?i)auth|key|token|secret", name)
        ]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", name) for name in provider.variables)


@each_provider
def test_no_secret_can_be_printed(provider: Provider) -> None:
    written = f"{provider!r} {FILES[provider.slug].read_text(encoding='utf-8')}"
    assert not re.search(
        r"\b(sk|hf|gsk|csk|cpk|pplx|nvapi)[-_][A-Za-z0-9]{8,}|Bearer [A-Za-z0-9]|eyJ[A-Za-z0-9]", written
    )
    for way in (each for auth in auths(provider) for each in ways_of(auth)):
        assert isinstance(way, Bearer | Header | QueryKey | SigV4 | GoogleServiceAccount)


def auths(provider: Provider) -> list[Auth]:
    return [provider.auth, *(auth_of(provider, of) for of in provider.lists)]


def test_half_of_the_declarations_have_sixty_lines_or_less() -> None:
    lengths = {slug: len(path.read_text(encoding="utf-8").splitlines()) for slug, path in FILES.items()}
    assert median(lengths.values()) <= 60
    assert not {slug: length for slug, length in lengths.items() if length > 200}


@each_list
def test_shuffling_a_payload_keeps_the_digest(provider: Provider, of: ModelList) -> None:
    sent = [entry for entry, _ in of.examples]
    doubles = [{**entry, "never_seen": position} for position, entry in enumerate(sent)]
    digests = set()
    for seed in range(5):
        shuffled = random.Random(seed).sample([*sent, *doubles], 2 * len(sent))
        digests.add(read_snapshot(provider, {of.name: [payload(of, shuffled)]}, NOON).digest)
    assert len(digests) == 1


@each_list
def test_every_entry_is_counted(provider: Provider, of: ModelList) -> None:
    sent = [entry for entry, _ in of.examples] * 2
    read = read_snapshot(provider, {of.name: [payload(of, [*sent, None, "text", 1])]}, NOON)
    if of.yields == "prices":
        assert read.entries == 0
        assert sum(entry.reason == "not_an_object" for entry in read.unread) == 3
        return
    assert read.entries == len(sent) + 3
    assert sum(entry.reason == "not_an_object" for entry in read.rejected) == 3


@given(data=st.data())
@pytest.mark.parametrize(("provider", "of"), LISTS, ids=[f"{p.slug}.{of.name}" for p, of in LISTS])
def test_a_mutilated_entry_is_a_listing_or_rejected(
    provider: Provider, of: ModelList, data: st.DataObject
) -> None:
    entry = deepcopy(dict(data.draw(st.sampled_from(of.examples))[0]))
    for _ in range(data.draw(st.integers(1, 4))):
        mutilate(entry, data)
    sent = decode(msgspec.json.encode(entry))
    reading = Reader(provider, of).read(sent)
    assert isinstance(reading.result, Listing | Rejected)
    for rule in reading.result.prices if isinstance(reading.result, Listing) else ():
        assert rule.amount is None or per_single_unit(rule.amount, rule.per) > 0
    whole = read_list(provider, of, [sent])
    counted = len(whole.listings) + len(whole.rejected) + len(whole.duplicates)
    assert counted == len(list(offers(of, [sent])))
    assert msgspec.json.encode(reading)


JUNK = (
    b"null", b"true", b"false", b"0", b"-1", b"0.1", b"1e400", b"1e-400", b"1e150", b"-0.0", b"1E5",
    b"1" * 60, b'""', b'" "', b'"NaN"', b'"-1"', b'"1e400"', b'"1e-190"', b'"0.1"', b'"\\u0000"',
    b'"' + b"x" * 5000 + b'"', b'"2026-13-45"', b'"0001-01-01T00:00:00+14:00"', b"[]", b"{}", b"[null]",
    b'["tools", 1]', b'[["a"]]', b'{"a": 1.5}', b'{"supported": true}', b'[{"prices": [{}]}]',
    b'[{"range_name": "Default", "prices": []}]', b"[" * 400 + b"]" * 400,
)  # fmt: skip
"""What a provider might send one day in the place of anything."""


def mutilate(entry: dict[str, Any], data: st.DataObject) -> None:
    """Drop something from an entry, or put junk in its place."""
    spots = list(places(entry))
    if spots:
        inner, key = data.draw(st.sampled_from(spots))
        if isinstance(inner, dict) and data.draw(st.booleans()):
            del inner[key]
        else:
            inner[key] = msgspec.Raw(data.draw(st.sampled_from(JUNK)))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def received(entry: Entry) -> Any:
    return decode(msgspec.json.encode(entry))


def payload(of: ModelList, sent: list[Any]) -> bytes:
    """Put entries where the list stands in a payload; an offer gets the list around it that it came in."""
    whole: Any = [wrapped(of, entry) for entry in sent]
    for key in reversed(of.entries.split(".") if of.entries else ()):
        whole = {key: whole}
    return msgspec.json.encode(whole)


def wrapped(of: ModelList, entry: Any) -> Any:
    if of.each and isinstance(entry, Mapping) and isinstance(entry.get(of.each), dict):
        return {**entry, of.each: [entry[of.each]]}
    return entry


def is_known(path: str, of: ModelList) -> bool:
    """Tell whether a leaf is declared, or below what is, or in the place of a declared object."""
    path = path.replace("[]", "")
    return any(
        f"{path}.".startswith(f"{known}.") or known.startswith(f"{path}.") for known in known_paths(of)
    )


def plainly(read: Listing | Rejected) -> Listing | Rejected:
    """Write prices as examples do: for one single unit, without the quotes."""
    if isinstance(read, Rejected):
        return read
    return msgspec.structs.replace(read, prices=tuple(map(plain_rule, read.prices)))


def plain_rule(rule: Rule) -> Rule:
    amount = None if rule.amount is None else per_single_unit(rule.amount, rule.per).normalize()
    return msgspec.structs.replace(
        rule, amount=amount, per=PER[rule.per][0] if amount else "", raw="", path=""
    )


def source(read: Listing | Rejected) -> str:
    """Write what was read as it would stand in a declaration."""
    if isinstance(read, Rejected):
        return repr(read)
    said = {
        field.name: getattr(read, field.name)
        for field in msgspec.structs.fields(Listing)
        if getattr(read, field.name) != field.default
    }
    rules = ", ".join(map(rule_source, said.pop("prices", ())))
    return f"Listing({', '.join(f'{name}={value!r}' for name, value in said.items())}, prices=({rules},))"


def rule_source(rule: Rule) -> str:
    if rule.amount is None:
        return f"Rule({rule.unit!r}, {rule.state!r})"
    amount, kind = format(per_single_unit(rule.amount, rule.per).normalize(), "f"), PER[rule.per][0]
    return f'usd("{rule.unit}", "{amount}"' + ("" if kind == "token" else f', per="{kind}"') + ")"
