"""Recorded refusals of a bad key come out as what they are: a key to be set again."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from modelatlas.domain.outcome import Fetched
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.outcomes import is_refusal
from modelatlas.providers.registry import declared
from tests.builders import FakeClock

KEY = "sk-acme-0123456789abcdef"
KEYED = ("anthropic", "deepseek", "google-ai-studio", "mistral", "openai")


@pytest.mark.parametrize("slug", KEYED)
async def test_a_recorded_refusal_asks_for_another_key(slug: str, shared: Path) -> None:
    """F24, F27: neither an empty list nor a provider that is down."""
    recorded = json.loads((shared / "payloads" / f"{slug}.error-bad-key.json").read_text(encoding="utf-8"))
    headers = {each["name"]: each["value"] for each in recorded["headers"]}
    answer = httpx2.Response(recorded["status"], headers=headers, content=json.dumps(recorded["body"]))
    fetched = await fetch(slug, answer)
    assert fetched.outcome.kind == "unauthorised"
    assert declared()[slug].key_variables[0] in fetched.outcome.detail
    assert KEY not in fetched.outcome.detail
    assert fetched.snapshot is None


def test_every_recorded_refusal_is_tried(shared: Path) -> None:
    files = {path.name.split(".")[0] for path in (shared / "payloads").glob("*.error-bad-key.json")}
    assert files == set(KEYED)


REFUSAL = b'{"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}'


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, REFUSAL, "unauthorised"),
        (400, gzip.compress(REFUSAL, mtime=0), "unauthorised"),
        (400, b'{"error": {"status": "INVALID_ARGUMENT"}}', "bad_status"),
        (400, b"", "bad_status"),
        (400, b"API_KEY_INVALID" + b" " * (1 << 17), "bad_status"),  # too long to be read to its end
        (400, gzip.compress(REFUSAL, mtime=0)[:-4], "bad_status"),
        (500, REFUSAL, "bad_status"),
    ],
)
async def test_what_google_says_with_a_status_decides(status: int, body: bytes, kind: str) -> None:
    packed = {"content-encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    fetched = await fetch("google-ai-studio", httpx2.Response(status, content=body, headers=packed))
    assert fetched.outcome.kind == kind


async def test_the_word_of_one_provider_means_nothing_of_another() -> None:
    assert (await fetch("openai", httpx2.Response(400, content=REFUSAL))).outcome.kind == "bad_status"


@pytest.mark.parametrize(("status", "refused"), [(400, True), (499, True), (200, False), (500, False)])
def test_only_a_status_that_blames_the_call_refuses_a_key(status: int, *, refused: bool) -> None:
    assert is_refusal(status, REFUSAL, "API_KEY_INVALID") is refused


async def fetch(slug: str, answer: httpx2.Response) -> Fetched:
    """Fetch a provider that gives one answer to everything, once it has got the key."""
    provider = declared()[slug]

    def give(request: httpx2.Request) -> httpx2.Response:
        assert KEY in " ".join(request.headers.values())
        assert KEY not in str(request.url)
        return answer

    more: dict[str, Any] = {"limits": Limits(seconds=5.0, retries=0), "transport": httpx2.MockTransport(give)}
    keys = {provider.key_variables[0]: KEY}
    return await HttpFetcher({slug: provider}, keys, FakeClock(), **more).fetch(slug)
