"""One list of a provider, asked for page by page to its end."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from modelatlas.domain.errors import Unreadable
from modelatlas.fetching.auth import Access, what_to_do_when_refused
from modelatlas.fetching.http import NOT_MODIFIED, Call, Client
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.outcomes import Failed
from modelatlas.fetching.pages import start
from modelatlas.fetching.reading import turn
from modelatlas.fetching.threads import Threads
from modelatlas.providers.contract import ModelList, OnePage, Provider, auth_of

_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
"""Header of an answer -> the one that asks whether it still holds (RFC 9110, 13.1)."""
_LONGEST: Final = 500


class Listed(Struct, frozen=True):
    """The pages of a list, unpacked, or None when nothing is new.

    `validators` are the headers that make the next call conditional.
    """

    pages: tuple[bytes, ...] | None
    validators: Mapping[str, str] = {}


async def fetch_list(
    client: Client,
    provider: Provider,
    declared: ModelList,
    access: Access,
    *,
    threads: Threads,
    limits: Limits,
    most: int,
    validators: Mapping[str, str],
    ids: Sequence[str] = (),
) -> Listed:
    """Return all pages of a list, of at most `most` bytes together. Raises `Failed` and `Unreadable`.

    `ids` are what a list is asked for that answers for ids only.
    """
    pages: list[bytes] = []
    state = start(declared, ids)
    found: Mapping[str, str] = {}
    while state is not None:
        call = Call(
            slug=provider.slug,
            url=state.url,
            declared=declared.url,
            headers={"Accept": declared.media, **declared.headers},
            access=access,
            validators=validators,
            hint=what_to_do_when_refused(auth_of(provider, declared), access.variable),
            refusal=provider.refusal,
        )
        try:
            answer = await client.get(call)
        except Failed as failed:
            failed.status = None if pages else failed.status  # one that ends in "not found" is cut
            raise
        if answer.status == NOT_MODIFIED:
            return Listed(None, validators)
        left = most - sum(map(len, pages))
        page, state = await threads.run(turn, declared, state, answer, limits, left)
        if access.is_told_in(page):
            raise Unreadable(f"{provider.slug} repeats the key in its list: nothing of it is kept")
        pages.append(page)
        found = answer.headers
    return Listed(tuple(pages), _validators(found))


def may_be_conditional(provider: Provider) -> bool:
    """Tell whether "not modified" can be said of all that a provider lists: of one list in one answer."""
    return len(provider.lists) == 1 and isinstance(provider.lists[0].paging, OnePage)


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what to send next time; a validator that could not be sent back is left out."""
    told = {ours: headers.get(theirs, "") for theirs, ours in _VALIDATORS.items()}
    return {
        name: value
        for name, value in told.items()
        if value and len(value) <= _LONGEST and value.isascii() and value.isprintable()
    }
