"""The raw ASGI layer in front of the framework: reads of /models answered from prepared bytes."""

from typing import Final

from msgspec import UNSET
from starlette.types import ASGIApp, Receive, Scope, Send

from modelatlas.domain.errors import CatalogError
from modelatlas.domain.query import ModelQuery
from modelatlas.web.answers import age_of, kept
from modelatlas.web.encodings import wanted_encoding
from modelatlas.web.keys import header
from modelatlas.web.models import ModelsParameters, query_of
from modelatlas.web.parameters import read_parameters
from modelatlas.web.prepared import Prepared
from modelatlas.web.problems import problem_response
from modelatlas.web.site import Site

PATH: Final = "/models"
MOST_QUESTIONS: Final = 2000
LONGEST_QUESTION: Final = 500
"""Bytes of a query string that is remembered."""


class Front:
    """Answers GET and HEAD of /models; readers with a key, questions about the past and the rest go on."""

    def __init__(self, app: ASGIApp, site: Site, prepared: Prepared) -> None:
        self._app = app
        self._site = site
        self._prepared = prepared
        self._questions: dict[bytes, ModelQuery] = {}
        self._questions_of = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if is_read(scope) and not self._site.sees_all(scope):
            await self._models(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _models(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            query = self._question(scope["query_string"])
            if query is None:  # about the past
                await self._app(scope, receive, send)
                return
            encoding = wanted_encoding(header(scope["headers"], b"accept-encoding"))
            catalog, body = await self._prepared.body(query, encoding)
        except CatalogError as error:
            answer = problem_response(error)
        else:
            answer = kept(scope, body, age_of(body.live, catalog.snapshots, self._site.now()))
        await answer(scope, receive, send)

    def _question(self, text: bytes) -> ModelQuery | None:
        """Read a query string, None for one about the past; those of the present catalog are remembered."""
        catalog_id = self._site.catalog.id
        if self._questions_of != catalog_id or len(self._questions) >= MOST_QUESTIONS:
            self._questions, self._questions_of = {}, catalog_id
        query = self._questions.get(text)
        if query is None:
            asked = read_parameters(ModelsParameters, text)
            if asked.at is not UNSET:
                return None
            query = query_of(self._site, asked)
            if len(text) <= LONGEST_QUESTION:
                self._questions[text] = query
        return query


def is_read(scope: Scope) -> bool:
    """Tell whether a request reads /models."""
    return scope["type"] == "http" and scope["path"] == PATH and scope["method"] in {"GET", "HEAD"}
