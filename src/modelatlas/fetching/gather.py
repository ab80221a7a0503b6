"""All providers at once, each as it lands; none waits for another."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Final

from modelatlas.domain.outcome import Fetched
from modelatlas.domain.ports import Fetcher

AT_ONCE: Final = 16
"""Providers asked at the same time."""


async def gather(
    fetcher: Fetcher, slugs: Iterable[str], *, at_once: int = AT_ONCE
) -> AsyncGenerator[Fetched]:
    """Fetch providers, so many at a time, and yield what came of each as it lands.

    A fetcher says in the outcome what a provider did. Should one raise all the same, the others are still
    yielded, and then the first error is raised. Leave early by `contextlib.aclosing`: no task stays behind.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(slug: str) -> Fetched:
        async with gate:
            return await fetcher.fetch(slug)

    tasks = {asyncio.create_task(one(slug), name=f"fetch {slug}") for slug in dict.fromkeys(slugs)}
    waiting = set(tasks)
    errors: list[BaseException] = []
    try:
        while waiting:
            landed, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in landed:
                error = task.exception()
                if error is None:
                    yield task.result()
                else:
                    errors.append(error)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for error in errors:
        raise error
