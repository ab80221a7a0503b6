"""What replicas tell one another of a provider: a small pointer, and bodies under the hash of their bytes."""

import hashlib
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from modelatlas.domain.codec import Damaged, hash_of, snapshot_bytes, snapshot_from, to_msgpack
from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import READING_VERSION, Snapshot


class Body(Struct, frozen=True):
    """A snapshot elsewhere: the hash of its bytes, the digest of its content, and its times."""

    hash: str
    digest: str
    fetched_at: datetime
    content_since: datetime


class HeldBody(Struct, frozen=True):
    """A shrunken snapshot that is held: how it was heard, and the hash of the payload it was read from."""

    outcome: Outcome
    body: Body
    payload: str


class Pointer(Struct, frozen=True):
    """The state of one provider without its bodies. `id` differs with every publication; `at` is its time."""

    id: str
    at: datetime
    outcome: Outcome | None
    failures: int
    next_try: datetime | None
    snapshot: Body | None
    held: HeldBody | None


Bodies = dict[str, bytes]
"""Hash -> bytes."""

_pointer_from = msgspec.msgpack.Decoder(Pointer).decode


@cache
def shape() -> str:
    """Name the form of all that is shared; another form has another name, without anybody thinking of it.

    It is made of the fields of every value in it, so that replicas of versions that would misread one
    another do not meet.
    """
    _, schemas = msgspec.json.schema_components([Pointer, Snapshot])
    told = msgspec.json.encode(_without_prose(schemas), order="deterministic")
    return f"{READING_VERSION}-{hashlib.blake2b(told, digest_size=6).hexdigest()}"


def packed(state: ProviderState, *, id_: str, at: datetime) -> tuple[Pointer, Bodies]:
    """Take a state apart into its pointer and its bodies."""
    bodies: Bodies = {}
    snapshot = None if state.snapshot is None else _body(state.snapshot, bodies)
    held = None
    if state.held is not None and state.held.snapshot is not None:
        payload = _kept(state.held.payload, bodies)
        held = HeldBody(state.held.outcome, _body(state.held.snapshot, bodies), payload)
    return Pointer(id_, at, state.outcome, state.failures, state.next_try, snapshot, held), bodies


def unpacked(slug: str, pointer: Pointer, bodies: Bodies, ours: ProviderState, kept_in: str) -> ProviderState:
    """Put a state together again; a snapshot whose content is ours already is taken from ours.

    Raises `Damaged` when a body is missing, or is not what its hash says.
    """
    held = None
    if pointer.held is not None:
        shrunken = _snapshot(slug, pointer.held.body, bodies, None)
        held = Fetched(pointer.held.outcome, shrunken, _whole(pointer.held.payload, bodies))
    snapshot = None if pointer.snapshot is None else _snapshot(slug, pointer.snapshot, bodies, ours.snapshot)
    return ProviderState(slug, snapshot, pointer.outcome, pointer.failures, pointer.next_try, held, kept_in)


def wanted(pointer: Pointer, ours: ProviderState) -> list[str]:
    """Return the hashes of the bodies that are needed to put a state together."""
    hashes = [] if pointer.held is None else [pointer.held.body.hash, pointer.held.payload]
    if pointer.snapshot is not None and not _same(pointer.snapshot, ours.snapshot):
        hashes.append(pointer.snapshot.hash)
    return hashes


def pointer_bytes(pointer: Pointer) -> bytes:
    """Write a pointer."""
    return to_msgpack(pointer)


def pointer_from(kept: bytes) -> Pointer:
    """Read a pointer back; raises `Damaged`."""
    try:
        return _pointer_from(kept)
    except msgspec.DecodeError as error:
        raise Damaged(f"not a pointer ({error})") from error


def _body(snapshot: Snapshot, bodies: Bodies) -> Body:
    name = _kept(snapshot_bytes(snapshot), bodies)
    return Body(name, snapshot.digest, snapshot.fetched_at, snapshot.content_since)


def _kept(content: bytes, bodies: Bodies) -> str:
    name = hash_of(content).hex()
    bodies[name] = content
    return name


def _snapshot(slug: str, body: Body, bodies: Bodies, ours: Snapshot | None) -> Snapshot:
    if ours is not None and _same(body, ours):
        times = {"fetched_at": body.fetched_at, "content_since": body.content_since}
        return msgspec.structs.replace(ours, **times)
    content = _whole(body.hash, bodies)
    snapshot = snapshot_from(content, fetched_at=body.fetched_at, content_since=body.content_since)
    if (snapshot.provider, snapshot.digest) != (slug, body.digest):
        raise Damaged(f"the body {body.hash} is that of another snapshot")
    return snapshot


def _same(body: Body, ours: Snapshot | None) -> bool:
    return ours is not None and (ours.digest, ours.reading) == (body.digest, READING_VERSION)


def _whole(name: str, bodies: Bodies) -> bytes:
    kept = bodies.get(name)
    if kept is None or hash_of(kept).hex() != name:
        raise Damaged(f"the body {name} is {'missing' if kept is None else 'not what was written'}")
    return kept


def _without_prose(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(schema, dict):
        return {key: _without_prose(value) for key, value in schema.items() if key != "description"}
    return [_without_prose(each) for each in schema] if isinstance(schema, list) else schema
