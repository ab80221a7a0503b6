"""HTML without a template engine: every text is escaped unless it is `Html` already.

The pages hold no script and load nothing; their one style sheet is named by its hash in the policy.
"""

import base64
import hashlib
import html
from collections.abc import Collection, Sequence
from typing import Final

from starlette.responses import Response

STYLE: Final = """
:root { color-scheme: light dark; --accent: #4f46e5; }
:root { --line: color-mix(in srgb, CanvasText 12%, transparent); }
@media (prefers-color-scheme: dark) { :root { --accent: #a5b4fc; } }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } h3, h2 code { font-size: 1rem; }
a { color: var(--accent); } a:focus-visible { outline: 2px solid var(--accent); }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }
th, td { border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { border: 1px solid var(--line); padding: .6rem; overflow-x: auto; }
.banner { border: 2px solid #d97706; padding: .5rem .8rem; }
.good { color: #15803d; } .bad { color: #b45309; }
@media (prefers-color-scheme: dark) { .good { color: #4ade80; } .bad { color: #fbbf24; } }
"""
POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Html(str):
    """Text that is HTML and needs no escape."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: str) -> Html:
    """Write an element; None is left out, and a trailing `_` lets an attribute be called `class_`."""
    written = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    inner = "".join(escaped(child) for child in children if child is not None)
    return Html(f"<{name}{written}>{inner}</{name}>")


def escaped(text: str) -> Html:
    """Make a text safe to stand in HTML."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def link(to: str, text: str | None = None) -> Html:
    """Write a link."""
    return tag("a", to if text is None else text, href=to)


def prose(text: str) -> Html:
    """Write a text in which backticks stand around code."""
    pieces = text.split("`")
    return Html("".join(tag("code", each) if at % 2 else escaped(each) for at, each in enumerate(pieces)))


def table(head: Sequence[str], *rows: Sequence[str], numbers: Collection[str] = ()) -> Html:
    """Write a table; `numbers` are the columns that are set to the right."""
    looks = [{"class_": "number"} if name in numbers else {} for name in head]

    def line(cell: str, texts: Sequence[str]) -> Html:
        return tag("tr", *(tag(cell, text, **look) for text, look in zip(texts, looks, strict=True)))

    body = tag("tbody", *(line("td", row) for row in rows))
    return tag("div", tag("table", tag("thead", line("th", head)), body), class_="wide")


def page(title: str, *body: str | None) -> Response:
    """Answer with a whole page."""
    head = tag(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        Html(f"<style>{STYLE}</style>"),
    )
    document = "<!doctype html>" + tag("html", head, tag("body", tag("main", *body)), lang="en")
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Response(document, headers=headers, media_type="text/html")
