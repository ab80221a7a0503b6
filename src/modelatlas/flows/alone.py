"""No other replica: every turn comes at once, and there is nobody to tell."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.sharing import Sharing

_OFF: Final = Sharing("off")


class Alone:
    """A `domain.ports.Replicas` without any."""

    status = _OFF

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    def turn(self, _slug: str) -> AbstractAsyncContextManager[None]:
        """Enter at once."""
        return nullcontext()

    async def publish(self, state: ProviderState) -> None:
        """Do nothing."""
