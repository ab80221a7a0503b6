"""The declarations of all providers as one page of Markdown: docs/providers.md is made of it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from modelatlas.providers.contract import (
    Auth,
    ByIds,
    Cursor,
    GoogleServiceAccount,
    Header,
    LinkHeader,
    ModelList,
    NextUrl,
    OnePage,
    Open,
    PageNumber,
    Paging,
    Provider,
    QueryKey,
    SigV4,
    Way,
    needed_by,
    needs_key,
    places_in,
    variables_of,
    ways_of,
)
from modelatlas.providers.paths import conditional_paths, fields_of
from modelatlas.providers.payload import raw_text
from modelatlas.providers.price_path import Price
from modelatlas.views.price_row_docs import row_docs

INTRODUCTION = """\
# Providers

What the program knows of each provider's model list: where it is, whether it takes a key, what stands
where in an entry, and in which unit each price is quoted. This page is made from the declarations in
`src/modelatlas/providers/` by `make docs`; change those.

*Recorded* facts were seen in a real answer, *documented* ones in the provider's own documentation or code,
*inferred* ones are our conclusion. A path such as `pricing.prompt` leads into an entry of the list.
"""


def provider_docs(known: Iterable[Provider]) -> str:
    """Write the page: a table of all providers, then a section for each, in the order given."""
    providers = list(known)
    table = [
        "| provider | kind | status | lists without a key | prices in the list | evidence |",
        "|---|---|---|---|---|---|",
        *map(_row, providers),
    ]
    sections = ["\n".join(_section(provider)) for provider in providers]
    return "\n".join([INTRODUCTION, *table, "", "\n\n".join(sections), ""])


def _row(provider: Provider) -> str:
    keyless = [of.name for of in provider.lists if not needs_key(provider, of)]
    priced = any(of.prices or of.rows or of.quirk is not None for of in provider.lists)
    cells = (
        f"[{provider.slug}](#{provider.slug})",
        provider.kind,
        "active" if provider.retired is None else "retired",
        ", ".join(keyless) or "none",
        "yes" if priced else "no",
        provider.evidence,
    )
    return f"| {' | '.join(cells)} |"


def _section(provider: Provider) -> Iterator[str]:
    yield f"## {provider.slug}"
    yield ""
    yield f"{provider.name}, a {provider.kind}. [Documentation]({provider.docs})."
    yield ""
    yield f"- Evidence: {provider.evidence}"
    if provider.retired is not None:
        yield f"- Retired: {provider.retired}"
    if provider.aliases:
        yield f"- Also called {_code(provider.aliases)}"
    yield f"- Key: {_key(provider.auth)}"
    if provider.private:
        yield f"- Ids that belong to the account behind the key: {_code(provider.private)}"
    for of in provider.lists:
        yield ""
        yield from _list(provider, of)


def _list(provider: Provider, of: ModelList) -> Iterator[str]:
    yield f"### {provider.slug}, list `{of.name}`"
    yield ""
    yield f"- `GET {of.url}{_query(of)}`, {'with' if needs_key(provider, of) else 'without'} a key"
    if of.auth is not None:
        yield f"- Key of this list: {_key(of.auth)}"
    if places_in(of):
        yield f"- The URL needs {_code(places_in(of))}"
    if of.yields == "prices" and of.rows is None:
        yield "- Its entries add prices to listings of the same id and are no listings"
    if of.headers:
        yield f"- Headers: {_code(f'{name}: {value}' for name, value in of.headers.items())}"
    yield f"- Paging: {_paging(of.paging)}"
    if of.rows is not None:
        yield from row_docs(of.rows)
    elif of.meters is not None:
        yield f"- Its entries, at `{of.entries}`, say which meters bill `{of.id}`: `{of.meters.path}`"
    else:
        yield from _of_models(of)


def _of_models(of: ModelList) -> Iterator[str]:
    """Tell what stands where in entries that are models, or that price models of the same id."""
    yield from _entries(of)
    if of.quirk is not None:
        yield f"- Quirk, at {_code(of.quirk_paths)}: {_first_sentence(of.quirk.__doc__)}"
    if of.conditional:
        paths = dict.fromkeys(path for each in of.conditional for path in conditional_paths(each))
        yield f"- Prices under conditions: {_code(paths)}"
    for path, reason in of.unread.items():
        yield f"- Kept unread: `{path}`, {reason}"
    if of.undocumented:
        yield f"- Prices in an undocumented unit, kept unread: {_code(of.undocumented)}"
    yield f"- A listing without a price means: {of.unpriced}"
    yield ""
    yield from _prices(of)
    yield "| field | at |"
    yield "|---|---|"
    for name, field in of.fields.items():
        yield f"| {name} | {_code(each.path for each in fields_of(name, field))} |"


def _entries(of: ModelList) -> Iterator[str]:
    yield f"- Entries: {f'at `{of.entries}`' if of.entries else 'the whole answer'}; id: `{of.id}`"
    yield from _ids(of)
    if of.success is not None:
        yield f"- The answer is an error where `{of.success[0]}` is there and not {raw_text(of.success[1])}"
    if of.keyed:
        yield f"- Items that stand in an object by name: the name is read as `{of.keyed}`"
    if of.unlisted is not None:
        yield f"- Listings of the lists before that are not in this one are `{of.unlisted}`"
    for shape in of.variants:
        yield f"- Also answered with entries at `{shape.entries}`; id: `{shape.id}`"
    if of.each:
        yield f"- Each item of `{of.each}` is an offer of its own"
    for reject in of.reject:
        yield f"- Rejected as `{reject.reason}`: decided by `{reject.path}`"
    if of.always:
        said = (f"{name} = {_said(value)}" for name, value in of.always.items())
        yield f"- Said of every listing: {_code(said)}"


def _ids(of: ModelList) -> Iterator[str]:
    if of.id_prefix:
        yield f"- `{of.id_prefix}` before an id is left out"
    if of.id_of is not None:
        yield f"- Of an id: {_first_sentence(of.id_of.__doc__)}"
    if of.based:
        yield "- Its listings take what they do not say from the listing that is their `canonical_id`"


def _prices(of: ModelList) -> Iterator[str]:
    if of.prices:
        yield "| unit | at | quoted in | zero | besides |"
        yield "|---|---|---|---|---|"
        for unit, price in of.prices.items():
            yield f"| {unit} | `{price.path}` | {_quotation(price)} | {_zero(price)} | {_besides(price)} |"
        yield ""


def _quotation(price: Price) -> str:
    money = {Decimal(1): price.currency, Decimal("0.01"): f"1/100 {price.currency}"}
    return f"{money.get(price.scale, f'{price.scale} {price.currency}')} per {price.per}, as {price.form}"


def _zero(price: Price) -> str:
    if price.free is not None:
        return f"free where `{price.free}` is true"
    if price.free_ending is not None:
        return f"free where `{price.free_ending[0]}` ends in `{price.free_ending[1]}`"
    return "free" if price.zero == "free" else "not said"


def _besides(price: Price) -> str:
    notes = []
    if price.given is not None:
        notes.append(f"only where `{price.given[0]}` is `{price.given[1]}`")
    if price.times:
        notes.append(f"times {_code(price.times)}")
    if price.discount:
        notes.append(f"less {' until '.join(f'`{path}`' for path in price.discount)}")
    if price.varying is not None:
        notes.append("a negative amount varies")
    return ", ".join(notes)


def _key(auth: Auth) -> str:
    ways = "; or ".join(map(_way, ways_of(auth)))
    if isinstance(auth, Open):
        return "none"
    return ways if auth.required else f"not needed and not sent ({_code(variables_of(auth))})"


def _way(way: Way) -> str:
    names = " and ".join(" or ".join(f"`{name}`" for name in group) for group in needed_by(way))
    if isinstance(way, QueryKey):
        return f"{names}, in the parameter `{way.param}`"
    if isinstance(way, Header):
        return f"{names}, in the header `{way.header}`" + (f" after `{way.prefix}`" if way.prefix else "")
    if isinstance(way, SigV4):
        return (
            f"{names}, with `{way.session_env}` for temporary ones: every call is signed for the service "
            f"`{way.service}` (Signature Version 4; `pip install 'modelatlas[aws]'`)"
        )
    if isinstance(way, GoogleServiceAccount):
        return (
            f"{names}, the path of a service account's key file, by which a bearer token is signed "
            "(`pip install 'modelatlas[google]'`)"
        )
    return f"{names}, as a bearer token"


def _query(of: ModelList) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in of.params.items()) if of.params else ""


def _paging(paging: Paging) -> str:
    if isinstance(paging, OnePage):
        return "all in one answer"
    if isinstance(paging, Cursor):
        size = _sized(paging.size_param, paging.size)
        return f"`{paging.param}` from `{paging.next}` of the page before{size}"
    if isinstance(paging, NextUrl):
        return f"`{paging.next}` is the next page's URL{_sized(paging.size_param, paging.size)}"
    if isinstance(paging, ByIds):
        return f"asked for the ids of the list `{paging.of}` by `{paging.param}`, {paging.size} in a call"
    if isinstance(paging, LinkHeader):
        return f"the Link header names the next page{_sized(paging.size_param, paging.size)}"
    start = f", counted from {paging.first}" if isinstance(paging, PageNumber) else ""
    return f"`{paging.param}`{start}{_sized(paging.size_param, paging.size)}"


def _sized(param: str | None, size: int) -> str:
    return f", `{param}={size}`" if param is not None else ""


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in (sorted(words) if isinstance(words, frozenset) else words))


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _first_sentence(docstring: str | None) -> str:
    return (docstring or "").strip().split("\n", 1)[0]
