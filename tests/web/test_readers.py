"""Every reader that is present reads stitched answers to the last byte: one gzip member, one zstd frame."""

import asyncio
import hashlib
import html
import importlib.util
import shutil
import socket
import sys
from collections.abc import AsyncIterator

import httpx2
import pytest
import uvicorn

from modelatlas.web.app import create
from tests.web.builders import big_world

PYTHON = {
    "requests": "import requests, sys; body = requests.get(sys.argv[1]).content",
    "httpx2": "import httpx2, sys; body = httpx2.get(sys.argv[1]).content",
    "httpx": "import httpx, sys; body = httpx.get(sys.argv[1]).content",
    "aiohttp": (
        "import aiohttp, asyncio, sys\n"
        "async def read():\n"
        "    async with aiohttp.ClientSession() as session, session.get(sys.argv[1]) as answer:\n"
        "        return await answer.read()\n"
        "body = asyncio.run(read())"
    ),
}
NODE = (
    "fetch(process.argv[1], {headers: {'Accept-Encoding': 'ENCODING'}}).then(r => r.arrayBuffer()).then(b =>"
    "console.log(require('crypto').createHash('sha256').update(Buffer.from(b)).digest('hex')))"
)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A service of 3,000 listings on a port."""
    atlas = big_world(3_000)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create(atlas), log_level="warning", lifespan="off"))  # type: ignore[arg-type]
    serving = asyncio.create_task(server.serve([listener]))
    await atlas.hear(*atlas.providers)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/models"
    server.should_exit = True
    await serving


async def output_of(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1)
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output


async def plain(url: str) -> bytes:
    async with httpx2.AsyncClient() as client:
        return (await client.get(url, headers={"Accept-Encoding": "identity"})).content


def needs(program: str) -> str:
    path = shutil.which(program)
    return path or pytest.skip(f"{program} is not on this machine: it is not tried")


@pytest.mark.parametrize("name", PYTHON)
async def test_clients_of_python(url: str, name: str) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: it is not tried")
    script = f"{PYTHON[name]}\nimport hashlib; print(hashlib.sha256(body).hexdigest())"
    read = await output_of(sys.executable, "-c", script, url)
    assert read.decode().strip() == hashlib.sha256(await plain(url)).hexdigest()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_curl(url: str, encoding: str) -> None:
    if encoding not in (await output_of(needs("curl"), "--version")).decode().replace("libz", "gzip"):
        pytest.skip(f"this curl knows no {encoding}: it is not tried")
    read = await output_of(needs("curl"), "-sS", "--compressed", "-H", f"Accept-Encoding: {encoding}", url)
    assert read == await plain(url)


async def test_fetch_of_node(url: str) -> None:
    read = await output_of(needs("node"), "-e", NODE.replace("ENCODING", "gzip"), url)
    assert read.decode().strip() == hashlib.sha256(await plain(url)).hexdigest()


async def test_chromium(url: str) -> None:
    """It asks for zstd, too, and gets it."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
    shown = (await output_of(needs("chromium"), *flags, url)).decode()
    text = html.unescape(shown.partition("<pre>")[2].partition("</pre>")[0])
    assert text == (await plain(url)).decode()
