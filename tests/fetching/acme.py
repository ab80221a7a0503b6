"""Invented providers, their answers, and a fetcher that asks them in-process."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any

import httpx2
import msgspec

from modelatlas.domain.outcome import Fetched
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from modelatlas.providers.contract import Auth, Bearer, ModelList, Open, Provider
from tests.builders import FakeClock

HOST = "api.acme.example"
URL = f"https://{HOST}/v1/models"
KEY = "sk-acme-0123456789abcdef"
KEYS = {"ACME_API_KEY": KEY}
KEYED = Bearer("ACME_API_KEY")
MODELS = ModelList(url=URL)
QUICK = Limits(seconds=20.0, retries=0)

Handler = (
    Callable[[httpx2.Request], httpx2.Response]
    | Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]
)


def acme(*lists: ModelList, slug: str = "acme", auth: Auth | None = None, **more: Any) -> Provider:
    """Make a provider; without lists it has one, for everybody."""
    return Provider(
        slug=slug,
        name=slug.title(),
        kind="host",
        docs="https://acme.example/docs",
        evidence="inferred",
        lists=lists or (MODELS,),
        auth=auth or Open(),
        **more,
    )


def listed(*ids: str, **members: Any) -> bytes:
    """Write a payload that lists these ids."""
    return msgspec.json.encode({"data": [{"id": id_} for id_ in ids], **members})


def answer(*ids: str, headers: Mapping[str, str] | None = None, **members: Any) -> httpx2.Response:
    """Answer with these ids."""
    return httpx2.Response(200, content=listed(*ids, **members), headers=headers)


def status(code: int, **headers: str) -> Handler:
    """Answer with a status and nothing else."""
    return lambda _request: httpx2.Response(
        code, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def sent(body: bytes, **headers: str) -> Handler:
    """Answer 200 with a body."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: httpx2.Response(200, stream=Pieces(body), headers=told)


def raising(error: Exception) -> Handler:
    """Do not answer but raise."""
    return lambda *_args, **_more: _raise(error)


def _raise(error: Exception) -> httpx2.Response:
    raise error


class Pieces(httpx2.AsyncByteStream):
    """A body that comes in pieces, and ends by an error if there is one."""

    def __init__(self, *pieces: bytes, error: Exception | None = None) -> None:
        self._pieces = pieces
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error


def fetcher(handler: Handler, *providers: Provider, **more: Any) -> HttpFetcher:
    """Make a fetcher of providers that a function answers for; no key is set, nothing is tried again."""
    asked = {each.slug: each for each in providers or (acme(),)}
    keys = more.pop("keys", {})
    clock = more.pop("clock", FakeClock())
    return HttpFetcher(
        asked, keys, clock, **{"limits": QUICK, "transport": httpx2.MockTransport(handler), **more}
    )


async def fetch(handler: Handler, provider: Provider | None = None, **more: Any) -> Fetched:
    """Fetch one provider once."""
    asked = provider or acme()
    return await fetcher(handler, asked, **more).fetch(asked.slug)


def ids(fetched: Fetched) -> list[str]:
    """Return the ids that a fetch brought."""
    assert fetched.snapshot is not None, fetched.outcome
    return [each.id for each in fetched.snapshot.listings]
