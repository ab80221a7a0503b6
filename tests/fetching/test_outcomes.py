"""Each way in which a call can end has one outcome that says who acts and how."""

from datetime import timedelta
from email.utils import format_datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.outcome import Kind
from modelatlas.fetching.outcomes import (
    cut,
    of_error,
    of_status,
    outcome_of,
    retry_after,
    shown,
    wait_of,
)
from tests.builders import NOON


@pytest.mark.parametrize(
    ("status", "kind", "transient"),
    [
        (400, "bad_status", False),
        (401, "unauthorised", False),
        (403, "unauthorised", False),
        (404, "bad_status", False),
        (408, "bad_status", False),
        (429, "rate_limited", False),
        (500, "bad_status", False),
        (502, "bad_status", True),
        (503, "bad_status", True),
        (504, "bad_status", True),
        (204, "bad_status", False),
        (304, "bad_status", False),
    ],
)
def test_a_status_is_an_outcome_and_only_some_are_worth_repeating(
    status: int, kind: Kind, transient: bool
) -> None:
    """F24, F31."""
    failed = of_status("acme", status, {}, NOON, hint="set ACME_API_KEY")
    assert (failed.kind, wait_of(failed, 15.0)) == (kind, transient)
    assert f"acme answered {status}" in str(failed)


def test_a_refused_key_names_what_to_set() -> None:
    failed = of_status("acme", 401, {}, NOON, hint="set ACME_API_KEY (docs/operating.md#keys)")
    assert str(failed) == "acme answered 401: set ACME_API_KEY (docs/operating.md#keys)"


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_a_provider_asks_for_is_kept_and_not_cut_short(status: int) -> None:
    failed = of_status("acme", status, {"retry-after": "90"}, NOON, hint="")
    assert failed.retry_after == 90.0
    assert wait_of(failed, 15.0) is False


@pytest.mark.parametrize(
    ("status", "wished", "wait"),
    [
        (429, "2", 2.0),
        (503, "2", 2.0),
        (429, "0", 0.2),
        (429, "15.5", False),
        (404, "2", False),
        (403, "2", False),
    ],
)
def test_a_short_wait_that_a_provider_asks_for_is_waited(status: int, wished: str, wait: object) -> None:
    failed = of_status("acme", status, {"retry-after": wished}, NOON, hint="")
    assert wait_of(failed, 15.0) == wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        ("1.5", 1.5),
        (format_datetime(NOON + timedelta(minutes=3), usegmt=True), 180.0),
        (format_datetime(NOON - timedelta(minutes=3), usegmt=True), 0.0),
        ("Mon, 23 Nov 2026 13:00:00 -0000", 3600.0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("9" * 400, None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds


@given(st.text())
def test_retry_after_may_be_anything(header: str) -> None:
    seconds = retry_after(header, NOON)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("error", "kind", "transient"),
    [
        (httpx2.ConnectError("[Errno 111] Connection refused"), "unreachable", False),
        (httpx2.ConnectTimeout(""), "unreachable", True),
        (httpx2.ReadTimeout(""), "timeout", True),
        (httpx2.WriteTimeout(""), "timeout", True),
        (httpx2.ReadError("reset"), "unreachable", True),
        (httpx2.RemoteProtocolError("Server disconnected"), "unreachable", True),
        (httpx2.LocalProtocolError("bad header"), "unreachable", False),
        (httpx2.UnsupportedProtocol("gopher"), "unreachable", False),
    ],
)
def test_an_error_of_the_connection_is_an_outcome(
    error: httpx2.TransportError, kind: Kind, transient: bool
) -> None:
    failed = of_error("api.acme.example", error)
    assert (failed.kind, failed.transient) == (kind, transient)
    assert "api.acme.example" in str(failed)


def test_a_cut_answer_says_how_much_came() -> None:
    assert str(cut(5, "9")) == "the answer was cut off after 5 of 9 bytes"
    assert cut(5).transient


def test_an_outcome_holds_what_is_known_and_no_key() -> None:
    made = outcome_of("acme", Unreadable("it said sk-1234\x1b[31m" + "x" * 999), NOON, 1.5, ["sk-1234"])
    assert (made.kind, made.provider, made.at, made.seconds) == ("unreadable", "acme", NOON, 1.5)
    assert made.detail.startswith("it said (key) [31m")
    assert len(made.detail) == 400


def test_text_of_a_provider_cannot_command_a_terminal() -> None:
    assert shown("a\x1b[2J\nb\u202e") == "a [2J b "
