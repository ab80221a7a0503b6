"""A wire that can be cut: what lies between one service and its Redis."""

import asyncio
import contextlib
from typing import Literal

State = Literal["whole", "silent", "cut"]
"""Bytes go through; they get lost, and nobody says so; connections end, and none is made."""


class Wire:
    """A wire to a port of this machine; `port` is its other end."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._state: State = "whole"
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End all connections."""
        self._server.close()
        self.become("cut")
        while self._ends:  # noqa: ASYNC110 - it takes a moment
            await asyncio.sleep(0.01)

    def become(self, state: State) -> None:
        """Be whole, silent or cut from now on; what is no longer silent ends, as its bytes are lost."""
        if state == "cut" or self._state == "silent":
            for end in self._ends:
                end.transport.abort()
        self._state = state

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "cut":
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        finally:
            self._ends -= {writer, back}
            writer.transport.abort()
            back.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while some := await reader.read(65_536):
                if self._state == "whole":
                    writer.write(some)
                    await writer.drain()
        writer.close()  # the other end is told
