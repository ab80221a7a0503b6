"""The page that runs in a browser, as it was built from `page/`: its document and the files that it names."""

import mimetypes
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from starlette.responses import Response

from modelatlas.domain.errors import NotFound
from modelatlas.web.answers import names
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.keys import header

BUILT: Final = Path(__file__).parent / "built"
"""Where `make page` and the wheel put what was built."""
HOW_TO_BUILD: Final = (
    "The page with the table, the charts and the search is not built here: install Node 20.19 or newer and "
    "run `make page`, then start the service again. Everything else works without it."
)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""The name of a file holds the hash of its content."""

_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class BuiltFile(Struct, frozen=True):
    """One file in every encoding that it is sent in."""

    media_type: str
    etag: str
    bodies: Mapping[Encoding, bytes]


class BuiltPage(Struct, frozen=True):
    """The document, and the files of `assets/` by their names."""

    document: BuiltFile
    assets: Mapping[str, BuiltFile]


def read_page(folder: Path = BUILT) -> BuiltPage | None:
    """Read what was built; None where nothing was."""
    document = folder / "index.html"
    if not document.is_file():
        return None
    assets = {path.name: _file(path) for path in sorted((folder / "assets").iterdir())}
    return BuiltPage(_file(document), assets)


def document_answer(page: BuiltPage, scope: Mapping[str, Any]) -> Response:
    """Answer with the document; a browser asks each time whether it is the newest."""
    return _answer(page.document, scope, {"Cache-Control": "no-cache"})


def asset_answer(page: BuiltPage | None, name: str, scope: Mapping[str, Any]) -> Response:
    """Answer with a file. Raises `NotFound` for one that is not of this build."""
    file = None if page is None else page.assets.get(name)
    if file is None:
        raise NotFound(f"no file of the page is called {name[:100]!r}: load the page anew")
    return _answer(file, scope, {"Cache-Control": FOR_EVER})


def _file(path: Path) -> BuiltFile:
    content = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    bodies: dict[Encoding, bytes] = {"identity": content}
    if len(content) >= SMALLEST:
        bodies |= {"gzip": encoded(content, "gzip"), "zstd": encoded(content, "zstd")}
    return BuiltFile(media_type, sha256(content).hexdigest()[:32], bodies)


def _answer(file: BuiltFile, scope: Mapping[str, Any], headers: dict[str, str]) -> Response:
    encoding = wanted_encoding(header(scope["headers"], b"accept-encoding"))
    encoding = encoding if encoding in file.bodies else "identity"
    etag = f'"{file.etag}-{encoding}"'
    # On every file: a worker obeys the policy of its own script.
    headers |= {"ETag": etag, "Vary": "Accept-Encoding", "Content-Security-Policy": POLICY}
    known = header(scope["headers"], b"if-none-match")
    if known is not None and names(known, etag):
        return Response(status_code=304, headers=headers)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], headers=headers, media_type=file.media_type)
