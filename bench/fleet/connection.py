"""A plain connection to a service: one question at a time, and the answer byte by byte as it was sent."""

import asyncio
import time

from msgspec import Struct


class Reply(Struct, frozen=True):
    """Status, headers and bytes, and when it was asked for and had."""

    status: int
    headers: dict[str, str]
    content: bytes
    begun: float
    ended: float


class Connection:
    """A connection to one service, opened again where it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        """Ask, and wait for all of the answer. Raises `OSError` or `EOFError` where there is none."""
        begun = time.monotonic()
        try:
            reader, writer = self._ends = self._ends or await asyncio.open_connection(
                "127.0.0.1", self._port, limit=2**18
            )
            said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            writer.write(f"{method} {path} HTTP/1.1\r\nhost: fleet\r\n{said}\r\n".encode())
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            found = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            status = int(first.split()[1])
            has_body = method != "HEAD" and status not in {204, 304}
            content = await reader.readexactly(int(found.get("content-length", 0))) if has_body else b""
        except (OSError, EOFError, asyncio.IncompleteReadError):
            self.close()
            raise
        return Reply(status, found, content, begun, time.monotonic())

    def close(self) -> None:
        """Close it."""
        if self._ends is not None:
            self._ends[1].transport.abort()
            self._ends = None


async def once(port: int, path: str, *, method: str = "GET", **headers: str) -> Reply:
    """Ask on a connection of its own. Raises as `Connection.get` does."""
    connection = Connection(port)
    try:
        return await connection.get(path, method=method, **headers)
    finally:
        connection.close()
