"""Bodies are built once, kept within bounds, and never outlive their catalog (F50)."""

import asyncio
import threading
from datetime import timedelta

import msgspec
import pytest

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.query import ModelQuery
from modelatlas.views.parts import said
from modelatlas.views.rows import Pieces, Rows
from modelatlas.web import prepared as module
from modelatlas.web.encodings import Encoding
from modelatlas.web.prepared import EVERYTHING, Prepared
from tests.builders import NOON, snapshot_of


class World:
    """A catalog that can be replaced, and a writer that counts."""

    def __init__(self, *, most_bytes: int = 10**6, size: int = 2000) -> None:
        self.catalog = catalog([snapshot_of("a")])
        self.size = size
        self.written: list[ModelQuery] = []
        self.threads: set[int] = set()
        self.prepared = Prepared(lambda: self.catalog, self.write, most_bytes)

    def write(self, of: Catalog, query: ModelQuery) -> tuple[Pieces, tuple[str, ...]]:
        self.written.append(query)
        self.threads.add(threading.get_ident())
        return Pieces(f"{of.id} {query.limit} ".encode().ljust(self.size, b".")), ("acme",)

    def publish(self, *ids: str) -> None:
        self.catalog = catalog([snapshot_of(*ids)])


async def test_an_answer_is_written_once_and_in_a_thread() -> None:
    """F41: the event loop has other things to do."""
    world = World()
    answers = await asyncio.gather(*(world.prepared.body(EVERYTHING, "gzip") for _ in range(8)))
    await world.prepared.body(EVERYTHING, "gzip")
    assert world.written == [EVERYTHING]
    assert len({body.etag for _, body, _ in answers}) == 1
    assert threading.get_ident() not in world.threads


async def test_each_encoding_and_question_has_its_own_etag() -> None:
    world = World()
    encodings: tuple[Encoding, ...] = ("gzip", "zstd", "identity")
    asked = [(query, encoding) for query in (EVERYTHING, ModelQuery(limit=1)) for encoding in encodings]
    etags = {(await world.prepared.body(query, encoding))[1].etag for query, encoding in asked}
    assert len(etags) == 6


async def test_equal_bytes_have_an_equal_etag_on_every_replica() -> None:
    one, other = World(), World()
    bodies = [(await world.prepared.body(EVERYTHING, "gzip"))[1] for world in (one, other)]
    assert bodies[0] == bodies[1]


async def test_whole_providers_that_are_not_compressed_are_kept_in_pieces() -> None:
    """F48: readers that read slowly hold no copy."""
    rows = tuple(Rows(slug, {str(n): b"{}" for n in range(600)}) for slug in ("a", "b"))
    pieces = Pieces(b"[", rows, b"]")
    nothing = catalog([])
    prepared = Prepared(lambda: nothing, lambda _, __: (pieces, ()))
    _, body, _ = await prepared.body(EVERYTHING, "identity")
    assert (body.content, body.pieces, body.size) == (b"", pieces, len(pieces.joined()))
    assert body.etag == module.body_in(nothing, pieces.joined(), "identity", ()).etag


async def test_another_catalog_ends_all_answers_of_the_old_one() -> None:
    world = World()
    _, before, _ = await world.prepared.body(EVERYTHING, "identity")
    world.publish("a", "b")
    of, after, _ = await world.prepared.body(EVERYTHING, "identity")
    assert after.content.startswith(of.id.encode())
    assert before.etag != after.etag
    assert {key[0] for key in world.prepared._kept} == {said(of)}


async def test_a_list_that_is_known_since_another_time_ends_them_too() -> None:
    """Replicas that were apart agree on the time, too, under the id that they had already."""
    world = World()
    _, before, _ = await world.prepared.body(EVERYTHING, "identity")
    (part,) = world.catalog.snapshots.values()
    heard_again = msgspec.structs.replace(part, fetched_at=NOON + timedelta(hours=2))
    world.catalog = catalog([heard_again])
    assert (await world.prepared.body(EVERYTHING, "identity"))[1] is before
    world.catalog = catalog([msgspec.structs.replace(heard_again, content_since=NOON - timedelta(hours=1))])
    _, after, _ = await world.prepared.body(EVERYTHING, "identity")
    assert after is not before
    assert world.written == [EVERYTHING, EVERYTHING]


async def test_an_answer_finished_after_its_catalog_went_is_not_kept() -> None:
    world = World()
    asked = asyncio.create_task(world.prepared.body(EVERYTHING, "identity"))
    await asyncio.sleep(0)
    world.publish("b")
    await world.prepared.body(ModelQuery(limit=1), "identity")
    await asked
    assert {key[0] for key in world.prepared._kept} == {said(world.catalog)}


async def test_what_is_kept_stays_within_its_bound() -> None:
    world = World(most_bytes=10_000)
    for limit in range(50):
        await world.prepared.body(ModelQuery(limit=limit), "identity")
    assert world.prepared._bytes <= 10_000
    assert [key[1].limit for key in world.prepared._kept] == [47, 48, 49]


async def test_what_was_used_again_is_dropped_later() -> None:
    world = World(most_bytes=10_000)
    for limit in (1, 2, 3, 1, 4):
        await world.prepared.body(ModelQuery(limit=limit), "identity")
    assert [key[1].limit for key in world.prepared._kept] == [3, 4, 1]


async def test_the_newest_stays_though_all_others_were_used() -> None:
    world = World(most_bytes=10_000)
    places = [(await world.prepared.body(ModelQuery(limit=limit), "identity"))[2] for limit in range(3)]
    for limit in range(3):
        await world.prepared.body(ModelQuery(limit=limit), "identity")
    _, _, newest = await world.prepared.body(ModelQuery(limit=3), "identity")
    assert newest is not None
    assert newest.body is not None
    assert [place is not None and place.body is not None for place in places] == [False, True, True]


async def test_what_was_made_elsewhere_is_kept_once() -> None:
    world = World()
    query = ModelQuery(limit=1)
    bodies = [module.body_in(world.catalog, b"content", "identity", ()) for _ in range(2)]
    places = [world.prepared.keep(world.catalog, query, "identity", body) for body in bodies]
    assert places[0] is places[1] is world.prepared.kept(world.catalog, query, "identity")
    assert places[0] is not None
    assert places[0].body is bodies[0]
    assert world.prepared._bytes == module._size(bodies[0])
    assert (await world.prepared.body(query, "identity"))[1] is bodies[0]


async def test_the_place_of_a_dropped_body_holds_its_bytes_no_longer() -> None:
    world = World(most_bytes=5_000)
    _, _, place = await world.prepared.body(ModelQuery(limit=1), "identity")
    assert place is not None
    await world.prepared.body(ModelQuery(limit=2), "identity")
    assert place.body is None
    _, _, place = await world.prepared.body(ModelQuery(limit=3), "identity")
    world.publish("b")
    await world.prepared.body(ModelQuery(limit=3), "identity")
    assert place is not None
    assert place.body is None


async def test_a_body_larger_than_the_bound_is_served_and_not_kept() -> None:
    world = World(most_bytes=1500)
    _, body, _ = await world.prepared.body(EVERYTHING, "identity")
    assert len(body.content) == 2000
    assert not world.prepared._kept


async def test_a_small_body_is_sent_as_it_is() -> None:
    world = World(size=10)
    _, body, _ = await world.prepared.body(EVERYTHING, "gzip")
    assert body.encoding == "identity"


async def test_the_whole_catalog_is_ready_before_it_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.001)
    world = World()
    await world.prepared.body(EVERYTHING, "gzip")
    duty = asyncio.create_task(world.prepared.keep_ready())
    await asyncio.sleep(0.01)
    assert len(world.written) == 1
    world.publish("a", "b")
    async with asyncio.timeout(5):
        while (said(world.catalog), EVERYTHING, "gzip") not in world.prepared._kept:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    duty.cancel()
    assert len(world.written) == 2


async def test_a_question_that_cannot_be_reaches_who_asked() -> None:
    def refuse(_: Catalog, __: ModelQuery) -> tuple[Pieces, tuple[str, ...]]:
        raise BadRequest("no")

    prepared = Prepared(lambda: catalog([]), refuse)
    with pytest.raises(BadRequest):
        await prepared.body(EVERYTHING, "gzip")
