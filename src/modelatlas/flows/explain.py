"""Explain: put the live catalog beside the stored rows and name every difference."""

import asyncio
from collections.abc import Collection

from modelatlas.domain.discrepancy import Discrepancies, discrepancies
from modelatlas.domain.ports import Ledger
from modelatlas.flows.live import Live


async def explain(live: Live, ledger: Ledger, synced: Collection[str]) -> Discrepancies:
    """Compare one catalog with one reading of the store; `synced` are the slugs of PRICING_SYNC_PROVIDERS.

    All of it happens in a thread: to compare 18,000 listings takes longer than a read may wait (F41).
    """
    catalog = live.catalog
    return await asyncio.to_thread(lambda: discrepancies(catalog.id, catalog.live, ledger.stored(), synced))
