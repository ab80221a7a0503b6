"""Every kind of paging comes to the declared end of the list or says why not; none is cut (F25)."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import Unreadable
from modelatlas.fetching.pages import PageState, first, following, next_link
from modelatlas.providers.contract import (
    Cursor,
    LinkHeader,
    ModelList,
    NextUrl,
    Offset,
    OnePage,
    PageNumber,
    Paging,
)
from modelatlas.providers.payload import decode
from tests.fetching.acme import URL

Answered = tuple[dict[str, Any], dict[str, str]]
Answering = Callable[[dict[str, str]], Answered]

COUNTED = PageNumber("page", "size", 3, total="meta.total")
SHORT = PageNumber("page", "size", 3, first=0)
SKIPPED = Offset("offset", "limit", 3, total="total")
SHORT_SKIPPED = Offset("offset", "limit", 3)
NAMED = Cursor("after", "next")
FLAGGED = Cursor("after_id", "last_id", more="has_more", size_param="limit", size=3)
LINKED = LinkHeader("limit", 3)


def document(ids: range, **members: Any) -> dict[str, Any]:
    return {"data": [{"id": number} for number in ids], **members}


def server(paging: Paging, count: int) -> Answering:
    """Answer as a provider of so many entries does, three a page."""

    def answer(query: dict[str, str]) -> Answered:
        match paging:
            case PageNumber():
                start = (int(query["page"]) - paging.first) * 3
            case Offset():
                start = int(query["offset"])
            case Cursor():
                start = int(query.get(paging.param, 0))
            case _:
                start = int(query.get("start", 0))
        end = min(start + 3, count)
        more = end < count
        members = {
            "meta": {"total": count},
            "total": count,
            "next": str(end) if more else None,
            "last_id": str(end),
            "has_more": more,
        }
        link = {"link": f'<?limit=3&start={end}>; rel="next"'} if more else {}
        return document(range(start, end), **members), link

    return answer


def walk(paging: Paging, answering: Answering, most: int = 50) -> list[int]:
    """Ask for page after page; return the entries."""
    declared = ModelList(url=f"{URL}?kind=chat", paging=paging, params={"lang": "en"})
    state: PageState | None = first(declared)
    entries: list[int] = []
    while state is not None:
        query = dict(parse_qsl(urlsplit(state.url).query))
        if paging is not LINKED:
            assert query["lang"] == "en"
            assert query["kind"] == "chat"
        answered, headers = answering(query)
        entries += [entry["id"] for entry in answered["data"]]
        state = following(declared, state, answered, headers, most)
    return entries


@pytest.mark.parametrize("paging", [COUNTED, SHORT, SKIPPED, SHORT_SKIPPED, NAMED, FLAGGED, LINKED], ids=repr)
@given(count=st.integers(0, 20))
def test_every_kind_brings_every_entry_once(paging: Paging, count: int) -> None:
    """F25."""
    assert walk(paging, server(paging, count)) == list(range(count))


def test_one_page_is_the_whole_list() -> None:
    assert walk(OnePage(), lambda _query: (document(range(7)), {"link": '<?p=2>; rel="next"'})) == list(
        range(7)
    )


@pytest.mark.parametrize("paging", [COUNTED, SKIPPED], ids=repr)
def test_a_provider_that_sends_smaller_pages_than_asked_for_is_read_to_its_total(paging: Paging) -> None:
    """F25."""

    def answer(query: dict[str, str]) -> Answered:
        start = int(query["offset"]) if "offset" in query else (int(query["page"]) - 1) * 2
        return document(range(start, min(start + 2, 7)), total=7, meta={"total": 7}), {}

    assert walk(paging, answer) == list(range(7))


@pytest.mark.parametrize("paging", [COUNTED, SHORT, SKIPPED, SHORT_SKIPPED], ids=repr)
def test_a_provider_that_ignores_the_page_asked_for_is_found_out(paging: Paging) -> None:
    """F25: two equal pages of three entries are no list of six."""
    with pytest.raises(Unreadable, match=r"page 2 repeats an earlier one: is '(page|offset)' known\?"):
        walk(paging, lambda _query: (document(range(3), total=6, meta={"total": 6}), {}))


def test_prices_with_a_fraction_do_not_stop_the_paging() -> None:
    """A decoded number keeps its text, which no encoder knows by itself."""
    state = first(ModelList(url=URL, paging=SHORT_SKIPPED))
    page = decode(b'{"data": [{"id": "a", "price": 1.5e-7}, {"id": "b"}, {"id": "c"}]}')
    after = following(ModelList(url=URL, paging=SHORT_SKIPPED), state, page, {}, 9)
    assert after is not None
    assert after.entries == 3


@pytest.mark.parametrize("paging", [COUNTED, SKIPPED], ids=repr)
def test_a_list_that_ends_before_its_total_is_not_taken_for_whole(paging: Paging) -> None:
    """F25, F26."""
    short = server(paging, 4)

    def answer(query: dict[str, str]) -> Answered:
        answered, headers = short(query)
        return {**answered, "total": 9, "meta": {"total": 9}}, headers

    with pytest.raises(Unreadable, match="page 3 is empty after 4 of 9 entries"):
        walk(paging, answer)


@pytest.mark.parametrize("total", [None, "6", 6.5, True, [6]])
def test_a_declared_total_that_is_missing_or_no_number_is_said(total: Any) -> None:
    with pytest.raises(Unreadable, match=r"expected the number of all entries at 'meta\.total'"):
        walk(COUNTED, lambda _query: (document(range(3), meta={"total": total}), {}))


@pytest.mark.parametrize("paging", [NAMED, FLAGGED, LINKED], ids=repr)
def test_a_circle_of_pages_is_found(paging: Paging) -> None:
    """F25: page 1 names 2, 2 names 3, 3 names 2."""
    after = {"1": "2", "2": "3", "3": "2"}

    def answer(query: dict[str, str]) -> Answered:
        here = query.get("after") or query.get("after_id") or query.get("start") or "1"
        there = after[here]
        link = {"link": f"<?start={there}>; rel=next"}
        return document(range(1), next=there, last_id=there, has_more=True), link

    with pytest.raises(Unreadable, match=r"the list has no end \(3 entries so far\)"):
        walk(paging, answer)


@pytest.mark.parametrize("paging", [NAMED, FLAGGED, LINKED], ids=repr)
def test_an_empty_page_that_names_another_one_is_no_progress(paging: Paging) -> None:
    answered = document(range(0), next="2", last_id="2", has_more=True)
    with pytest.raises(Unreadable, match="page 1 is empty and names another one"):
        walk(paging, lambda _query: (answered, {"link": '<?start=2>; rel="next"'}))


@pytest.mark.parametrize("paging", [COUNTED, SHORT, SKIPPED, SHORT_SKIPPED, NAMED, FLAGGED, LINKED], ids=repr)
def test_a_list_of_too_many_pages_is_not_cut_but_refused(paging: Paging) -> None:
    """F25."""
    assert len(walk(paging, server(paging, 11), most=4)) == 11
    with pytest.raises(Unreadable, match="expected at most 4 pages, got more: 12 entries so far"):
        walk(paging, server(paging, 13), most=4)


@pytest.mark.parametrize(
    "members",
    [
        {"has_more": "yes", "last_id": "3"},
        {"has_more": 1, "last_id": "3"},
        {"has_more": True},
        {"has_more": True, "last_id": ""},
        {"has_more": True, "last_id": ["3"]},
        {"has_more": True, "last_id": True},
    ],
)
def test_a_cursor_that_makes_no_sense_is_said(members: Mapping[str, Any]) -> None:
    with pytest.raises(Unreadable, match=r"at '(has_more|last_id)', got"):
        walk(FLAGGED, lambda _query: (document(range(3), **members), {}))


def test_a_cursor_may_be_a_number_and_its_flag_may_be_left_out_at_the_end() -> None:
    pages: dict[str, dict[str, Any]] = {
        "": document(range(3), last_id=2),
        "2": document(range(3, 5), last_id=None),
    }
    assert walk(FLAGGED, lambda query: (pages[query.get("after_id", "")], {})) == list(range(5))


@pytest.mark.parametrize(
    "target", ["https://evil.example/v1/models?start=3", "http://api.acme.example/v1/models", "https://[bad"]
)
def test_a_link_may_not_lead_to_another_host(target: str) -> None:
    with pytest.raises(Unreadable, match=r"the next page is not at https://api\.acme\.example"):
        walk(LINKED, lambda _query: (document(range(3)), {"link": f'<{target}>; rel="next"'}))


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("", None),
        ('</a>; rel="prev"', None),
        ("</a>; rel=next", "/a"),
        ('</a>; title="x, y; rel=next"; rel="prev", </b?q=1,2>; rel="last NEXT"', "/b?q=1,2"),
        ('</a>;rel="next";type="x"', "/a"),
        ("<<<<;;;,,, rel=next", None),
    ],
)
def test_the_next_link_is_found_among_others(header: str, target: str | None) -> None:
    assert next_link(header) == target


def test_a_payload_without_the_declared_list_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="expected a list at 'data'"):
        following(ModelList(url=URL, paging=NAMED), PageState(URL), {"error": "x"}, {}, 5)


@pytest.mark.parametrize("paging", [PageNumber("page", "limit", 2), Offset("offset", "limit", 2)])
def test_pages_with_fractions_are_told_apart(paging: Paging) -> None:
    declared = ModelList(url=URL, paging=paging)
    pages = (b'{"data":[{"price":1.50},{"price":1e-7}]}', b'{"data":[{"price":1.50},{"price":2e-7}]}')
    state = following(declared, first(declared), decode(pages[0]), {}, 9)
    assert state is not None
    assert following(declared, state, decode(pages[1]), {}, 9) is not None
    with pytest.raises(Unreadable, match="repeats an earlier one"):
        following(declared, state, decode(pages[0]), {}, 9)


def test_the_answer_may_name_the_next_page_s_url() -> None:
    declared = ModelList(url=URL, paging=NextUrl("next"))
    state = following(declared, first(declared), {"data": [{}], "next": f"{URL}?cursor=b"}, {}, 9)
    assert state is not None
    assert state.url == f"{URL}?cursor=b"
    for ended in (None, ""):
        assert following(declared, state, {"data": [{}], "next": ended}, {}, 9) is None
    for target, told in (
        ("https://evil.example/v1/models", "evil.example"),
        (f"{URL}?cursor=b", "no end"),
        (7, "expected the URL of the next page at 'next', got 7"),
    ):
        with pytest.raises(Unreadable, match=told):
            following(declared, state, {"data": [{}], "next": target}, {}, 9)
