"""Reads that are checked: every answer belongs to the catalog it names, and no service goes back in time."""

import asyncio
import random
import time
import zlib
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
import zstandard
from msgspec import Struct
from xxhash import xxh3_64_hexdigest

from bench.fleet.connection import Connection, Reply

CATALOGS: Final = 60
"""Whole catalogs that are remembered, to compare pages with."""
PENDING: Final = 3_000
"""Pages of a catalog that wait for it to be read whole."""
PAGE: Final = 50
CLAIM: Final = 2.0
"""Seconds in which one reader alone reads a catalog whole."""

Rows = tuple[int, ...]
"""Hashes of listings as they were sent."""


class Part(Struct, frozen=True):
    """A provider's share of an answer."""

    count: int
    origin: str | None
    content_since: str | None


class Totals(Struct, frozen=True):
    """Listings by whose word they are."""

    live: int
    reference: int


class Answer(Struct, frozen=True):
    """An answer of /models."""

    data: tuple[msgspec.Raw, ...]
    total: int
    returned: int
    totals: Totals
    catalog: str
    providers: dict[str, Part]
    next: str | None = None


_answer_from: Final = msgspec.json.Decoder(Answer).decode


class Life:
    """One life of a service, from its start to its end: what it has answered of which catalog, and when."""

    def __init__(self) -> None:
        self.newest: str | None = None
        self._first: dict[str, float] = {}
        self._lately: deque[tuple[str, Reply]] = deque(maxlen=50)

    def goes_back(self, catalog: str, reply: Reply) -> bool:
        """Tell whether another catalog was answered between this answer and an earlier one of the same."""
        first = self._first.setdefault(catalog, reply.ended)
        between = [
            other
            for other, each in self._lately
            if other != catalog and first < each.begun and each.ended < reply.begun
        ]
        self._lately.append((catalog, reply))
        self.newest = catalog
        return bool(between)


class Checks:
    """What was read, what it has to agree with, and what did not."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.kinds: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.compared: Counter[str] = Counter()
        self.catalogs: set[str] = set()
        self.lost = 0
        self.other_times: list[tuple[float, str]] = []
        """When the same list of the same catalog was known since another time: a fleet that was apart."""
        self._say = say
        self._contents: dict[tuple[str, str], int] = {}
        self._sinces: dict[str, dict[str, str | None]] = {}
        self._tags: dict[tuple[str, str], str] = {}
        self._wholes: OrderedDict[str, tuple[Rows, dict[str, Part]]] = OrderedDict()
        self._pending: dict[str, list[tuple[str, int, Rows]]] = {}
        self._claims: dict[str, float] = {}

    @property
    def count(self) -> int:
        """How many answers were checked."""
        return sum(self.kinds.values())

    def wants_whole(self, catalog: str) -> bool:
        """Tell whether somebody should read a catalog whole: nobody has, and nobody is about to."""
        now = time.monotonic()
        if catalog in self._wholes or now - self._claims.get(catalog, 0.0) < CLAIM:
            return False
        self._claims[catalog] = now
        return True

    def check(self, life: Life, question: str, kind: str, reply: Reply) -> Answer | None:
        """Check one answer; return it if it has a body. `question` is the path as it was asked."""
        self.kinds[kind] += 1
        if reply.status == 304:
            known = self._tags.get((question, reply.headers["etag"]))
            if known is None:
                self.blame(f"304 for an ETag that no answer to {question} has had")
            elif life.goes_back(known, reply):
                self.blame(f"304 says that {known} is served again, after another catalog")
            return None
        if reply.status != 200:
            self.blame(f"{reply.status} for {question}: {reply.content[:200]!r}")
            return None
        if kind == "head":
            if "etag" not in reply.headers or "content-length" not in reply.headers:
                self.blame(f"HEAD of {question} has no ETag or length")
            return None
        answer = _answer_from(plain(reply))
        tag = f'"{answer.catalog}-{xxh3_64_hexdigest(reply.content)}"'
        if tag != reply.headers["etag"]:
            self.blame(f"the ETag of {question} is not that of its catalog and bytes")
        self._tags[question, tag] = answer.catalog
        self.catalogs.add(answer.catalog)
        self._add_up(question, answer)
        if "cursor=" not in question and life.goes_back(answer.catalog, reply):
            self.blame(f"{answer.catalog} was answered again, after another catalog")
        self._same(question, answer)
        self._compare(question, kind, answer)
        return answer

    def blame(self, what: str) -> None:
        """Note that something is wrong."""
        if what not in self.wrong:
            self._say(f"WRONG: {what}")
        self.wrong[what] += 1

    def _add_up(self, question: str, answer: Answer) -> None:
        counted = sum(part.count for part in answer.providers.values())
        live = sum(part.count for part in answer.providers.values() if part.origin != "reference")
        if not (
            len(answer.data) == answer.returned <= answer.total == counted
            and (answer.totals.live, answer.totals.reference) == (live, counted - live)
        ):
            self.blame(f"{question} does not add up: {msgspec.structs.replace(answer, data=())}")

    def _same(self, question: str, answer: Answer) -> None:
        """Compare with what was answered to the same question in the same catalog, by whomever."""
        rows = hash(tuple(map(bytes, answer.data)))
        before = self._contents.setdefault((answer.catalog, question), rows)
        if before != rows:
            self.blame(f"{question} had two answers in the catalog {answer.catalog}")
        sinces = self._sinces.setdefault(answer.catalog, {})
        for slug, part in answer.providers.items():
            if sinces.setdefault(slug, part.content_since) != part.content_since:
                self.other_times.append((time.time(), f"{slug} in {answer.catalog}"))
                sinces[slug] = part.content_since
        self.compared["with the same answer elsewhere"] += 1

    def _compare(self, question: str, kind: str, answer: Answer) -> None:
        rows = tuple(map(hash, map(bytes, answer.data)))
        if kind == "whole":
            self._wholes[answer.catalog] = rows, answer.providers
            for asked, offset, page in self._pending.pop(answer.catalog, []):
                self._is_part(asked, offset, page, answer.catalog)
            while len(self._wholes) > CATALOGS:
                self._wholes.popitem(last=False)
        elif kind in {"page", "cursor"}:
            offset = int(question.rpartition("=" if kind == "page" else ".")[2])
            if answer.catalog in self._wholes:
                self._is_part(question, offset, rows, answer.catalog)
            elif len(waiting := self._pending.setdefault(answer.catalog, [])) < PENDING:
                waiting.append((question, offset, rows))
        elif answer.catalog in self._wholes:
            whole, parts = self._wholes[answer.catalog]
            if kind == "provider":
                self._is_provider(question, rows, whole, parts)
            elif set(rows) - set(whole):
                self.blame(f"{question} has rows that are not in its catalog {answer.catalog}")
            self.compared[f"{kind}: with the whole catalog"] += 1

    def _is_part(self, question: str, offset: int, rows: Rows, catalog: str) -> None:
        whole, _ = self._wholes[catalog]
        if rows != whole[offset : offset + PAGE]:
            self.blame(f"{question} is not that part of its catalog {catalog}")
        self.compared["page: with the whole catalog"] += 1

    def _is_provider(self, question: str, rows: Rows, whole: Rows, parts: dict[str, Part]) -> None:
        slug, begin = question.rpartition("=")[2], 0
        for each, part in sorted(parts.items()):
            if each == slug:
                break
            begin += part.count
        count = parts[slug].count if slug in parts else 0
        if rows != whole[begin : begin + count]:
            self.blame(f"{question} is not what its catalog has of {slug}")


def plain(reply: Reply) -> bytes:
    """Return the content of an answer without its encoding."""
    encoding = reply.headers.get("content-encoding", "identity")
    if encoding == "gzip":
        return zlib.decompress(reply.content, 31)
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(reply.content)
    return reply.content


class Readable(Protocol):
    """A service on a port; `is_up` says whether it should answer."""

    port: int
    is_up: bool


class Readers:
    """Connections that read one service at random, and have every answer checked."""

    def __init__(self, service: Readable, checks: Checks, rate: float) -> None:
        self._service = service
        self._checks = checks
        self._pause = 1 / rate
        self._slugs = ["groq"]
        self._size = 1
        self.begin_anew()

    def begin_anew(self) -> None:
        """Expect nothing of what was read before: the service has another life."""
        self.life = Life()
        self._known: dict[str, str] = {}
        self._cursor: str | None = None

    async def run(self, seed: int) -> None:
        """Read for ever, on one connection while it is there; end by cancelling."""
        chance, connection = random.Random(self._service.port + seed), Connection(self._service.port)
        due = time.monotonic()
        try:
            while True:
                due = max(due + self._pause, time.monotonic() - 1)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if self._service.is_up:
                    await self._one(connection, *self._question(chance))
                else:
                    connection.close()
        finally:
            connection.close()

    async def _one(self, connection: Connection, kind: str, question: str, asked: dict[str, Any]) -> None:
        life = self.life
        try:
            reply = await connection.get(question, **asked)
        except (OSError, EOFError) as error:
            if self._service.is_up and life is self.life:
                self._checks.blame(f"{question} was not answered by {self._service.port}: {error!r}")
            self._checks.lost += 1
            return
        answer = self._checks.check(life, question, kind, reply)
        if answer is not None:
            self._known[question] = reply.headers["etag"]
            if kind in {"page", "cursor"}:
                self._cursor = answer.next
            if kind == "whole":
                self._slugs, self._size = list(answer.providers), answer.total

    def _question(  # noqa: PLR0911 - one for each kind
        self, chance: random.Random
    ) -> tuple[str, str, dict[str, Any]]:
        encoding = {"accept_encoding": chance.choice(("gzip", "zstd", "identity"))}
        number = chance.random()
        newest = self.life.newest
        if newest is None or number < 0.003 or self._checks.wants_whole(newest):
            return "whole", "/models", encoding
        if number < 0.03:
            return "provider", f"/models?provider={chance.choice(self._slugs)}", encoding
        if number < 0.13:
            word = chance.choice(("mode=embedding", "free=true", "min_context=100000&sort=-input_price"))
            return "filter", f"/models?{word}&limit=20", encoding
        if number < 0.33 and self._cursor is not None:
            return "cursor", f"/models?limit={PAGE}&cursor={self._cursor}", encoding
        if number < 0.38:
            return "head", f"/models?limit={PAGE}&offset=0", {"method": "HEAD", **encoding}
        if number < 0.63 and self._known:
            question = chance.choice(list(self._known)[-200:])
            if "cursor" not in question:
                return "if-none-match", question, {**encoding, "if_none_match": self._known[question]}
        offset = chance.randrange(0, self._size, PAGE)
        return "page", f"/models?limit={PAGE}&offset={offset}", encoding
