"""All lists of a provider, asked one by one: what was received, what is not there, what is late."""

import asyncio
from collections.abc import Mapping

from modelatlas.domain.errors import CatalogError
from modelatlas.fetching.auth import Access
from modelatlas.fetching.http import Client
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.lists import fetch_list, may_be_conditional
from modelatlas.fetching.outcomes import Failed
from modelatlas.fetching.packing import Pages
from modelatlas.fetching.readiness import Accesses
from modelatlas.fetching.reading import Gathered, ids_for
from modelatlas.fetching.threads import Threads
from modelatlas.providers.contract import ModelList, Provider


class Gathering:
    """One round through the lists of a provider."""

    def __init__(
        self,
        client: Client,
        provider: Provider,
        threads: Threads,
        limits: Limits,
        validators: Mapping[str, str],
    ) -> None:
        self._client = client
        self._provider = provider
        self._threads = threads
        self._limits = limits
        self._validators = validators
        self._found: dict[str, tuple[bytes, ...]] = {}
        self._absent: dict[str, Failed] = {}
        self._late: dict[str, CatalogError] = {}

    async def gather(self, ready: Accesses) -> Gathered:
        """Ask for all lists of models, then for those of prices; each kind has the time of the limits.

        A list of which the provider says that it is not there is left out, as long as another one lists
        models. Whatever else befalls a list of models is raised: half of a provider is no snapshot (F26).
        Of a list of prices it is told as `late`.
        """
        models = [each for each in ready if each[0].yields == "listings"]
        prices = [each for each in ready if each[0].yields != "listings"]
        validators: Mapping[str, str] = {}
        async with asyncio.timeout(self._limits.seconds):
            for declared, granted in models:
                said = await self._list(declared, granted)
                if said is None:
                    return Gathered(None)
                validators = said
        if not self._found:
            raise next(iter(self._absent.values()))
        await self._prices(prices)
        found = {each.name: self._found[each.name] for each, _ in ready if each.name in self._found}
        return Gathered(found, validators, self._absent, self._late)

    async def _prices(self, ready: Accesses) -> None:
        try:
            async with asyncio.timeout(self._limits.seconds):
                for declared, granted in ready:
                    await self._price_list(declared, granted)
        except TimeoutError:
            late = Failed("timeout", f"not finished within {self._limits.seconds:g} s")
            answered = self._found.keys() | self._absent.keys() | self._late.keys()
            self._late |= {each.name: late for each, _ in ready if each.name not in answered}

    async def _price_list(self, declared: ModelList, granted: Access) -> None:
        needed = "" if declared.rows is None else declared.rows.meters
        if needed in self._late:
            self._late[declared.name] = self._late[needed]
            return
        try:
            await self._list(declared, granted)
        except CatalogError as error:
            self._late[declared.name] = error

    async def _list(self, declared: ModelList, granted: Access) -> Mapping[str, str] | None:
        """Ask for one list; return the validators of its answer, or None when nothing is new."""
        try:
            listed = await fetch_list(
                self._client,
                self._provider,
                declared,
                granted,
                threads=self._threads,
                limits=self._limits,
                most=self._limits.payload_bytes - _size(self._found),
                validators=self._validators,
                ids=await self._threads.run(ids_for, self._provider, declared, self._found),
            )
        except Failed as failed:
            if not failed.denies(inferred=declared.inferred):
                raise
            self._absent[declared.name] = failed
            return {}
        if listed.pages is None:
            return None
        self._found[declared.name] = listed.pages
        return listed.validators if may_be_conditional(self._provider) else {}


def _size(found: Pages) -> int:
    return sum(len(page) for pages in found.values() for page in pages)
