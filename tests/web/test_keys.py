"""Who may write, case by case (F52)."""

from typing import Any

import pytest

from modelatlas.domain.errors import Refused
from modelatlas.web.keys import Caller, KeyMissing, Policy, admit, caller_of, holds_key

KEYED = Policy(("first", "second"))
DEMO = Policy(("first",), keyless_demo=True)
SHUT = Policy((), shut=True)
HERE = {"peer": "127.0.0.1", "host": "127.0.0.1:8080", "port": 8080}


def caller(**shown: Any) -> Caller:
    return Caller(**{**HERE, **shown})


@pytest.mark.parametrize(
    ("policy", "shown", "verdict"),
    [
        (KEYED, {"authorization": "Bearer first"}, None),
        (KEYED, {"authorization": "Bearer second"}, None),
        (KEYED, {"authorization": "bearer first"}, None),
        (KEYED, {"authorization": "Bearer  first "}, None),
        (KEYED, {"authorization": "Bearer third"}, KeyMissing),
        (KEYED, {"authorization": "Bearer first, Bearer first"}, KeyMissing),
        (KEYED, {"authorization": "Bearer firs"}, KeyMissing),
        (KEYED, {"authorization": "Bearer "}, KeyMissing),
        (KEYED, {"authorization": "Bearer"}, KeyMissing),
        (KEYED, {"authorization": "Basic first"}, KeyMissing),
        (KEYED, {"authorization": "first"}, KeyMissing),
        (KEYED, {"authorization": ""}, KeyMissing),
        (KEYED, {"authorization": "Bearer fïrst"}, KeyMissing),
        (KEYED, {}, KeyMissing),  # a loopback address alone opens nothing
        (KEYED, {"peer": "203.0.113.9"}, KeyMissing),
        (Policy(()), {"authorization": "Bearer "}, KeyMissing),
        (Policy(("",)), {"authorization": "Bearer "}, KeyMissing),
        (DEMO, {}, None),
        (DEMO, {"peer": "::1", "host": "[::1]:8080"}, None),
        (DEMO, {"peer": "::ffff:127.0.0.1", "host": "localhost:8080"}, None),
        (DEMO, {"host": "LOCALHOST:8080"}, None),
        (DEMO, {"origin": "http://127.0.0.1:8080"}, None),
        (DEMO, {"host": "127.0.0.1", "port": 80}, None),
        (DEMO, {"authorization": "Bearer first", "peer": "203.0.113.9"}, None),
        (DEMO, {"authorization": "Bearer third"}, KeyMissing),  # a wrong key is never taken for none
        (DEMO, {"peer": "203.0.113.9"}, KeyMissing),
        (DEMO, {"peer": "::ffff:203.0.113.9"}, KeyMissing),
        (DEMO, {"peer": None}, KeyMissing),
        (DEMO, {"peer": "testclient"}, KeyMissing),
        (DEMO, {"host": None}, KeyMissing),
        (DEMO, {"host": "atlas.example:8080"}, KeyMissing),  # a name that leads to this machine (rebinding)
        (DEMO, {"host": "127.0.0.1.atlas.example:8080"}, KeyMissing),
        (DEMO, {"host": "127.0.0.1:9090"}, KeyMissing),
        (DEMO, {"host": "127.0.0.1:x"}, KeyMissing),
        (DEMO, {"host": "user@127.0.0.1:8080"}, KeyMissing),
        (DEMO, {"host": "127.0.0.1:8080/path"}, KeyMissing),
        (DEMO, {"origin": "http://atlas.example"}, KeyMissing),
        (DEMO, {"origin": "http://127.0.0.1:3000"}, KeyMissing),
        (DEMO, {"origin": "http://localhost:8080"}, KeyMissing),
        (DEMO, {"origin": "https://127.0.0.1:8080"}, KeyMissing),
        (DEMO, {"origin": "null"}, KeyMissing),
        (DEMO, {"origin": ""}, KeyMissing),
        (DEMO, {"forwarded": True}, KeyMissing),  # a reverse proxy on this machine
        (SHUT, {}, Refused),
        (SHUT, {"authorization": "Bearer first"}, Refused),
        (SHUT, {"authorization": "Bearer "}, Refused),
        (Policy((), keyless_demo=True, shut=True), {}, Refused),
    ],
)
def test_the_table(policy: Policy, shown: dict[str, Any], verdict: type[Refused] | None) -> None:
    if verdict is None:
        admit(policy, caller(**shown))
        return
    with pytest.raises(Refused) as refused:
        admit(policy, caller(**shown))
    assert type(refused.value) is verdict


def test_each_refusal_says_the_next_step_and_never_a_key() -> None:
    for policy, shown in ((SHUT, {}), (KEYED, {}), (KEYED, {"authorization": "Bearer third"})):
        with pytest.raises(Refused) as refused:
            admit(policy, caller(**shown))
        text = str(refused.value)
        assert "ADMIN_API_KEY" in text or "Authorization: Bearer KEY" in text
        assert not [key for key in ("first", "second", "third") if key in text]


def test_every_key_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes does not tell which key was the right one, nor how much of it."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, known: bytes) -> bool:
        compared.append((given, known))
        return given == known

    monkeypatch.setattr("modelatlas.web.keys.hmac.compare_digest", compare)
    assert holds_key(KEYED, "Bearer first")
    assert compared == [(b"first", b"first"), (b"first", b"second")]


def test_a_caller_is_read_from_what_the_server_saw() -> None:
    headers = [(b"host", b"localhost:8080"), (b"authorization", b"Bearer x"), (b"origin", b"null")]
    scope = {"client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8080), "headers": headers}
    assert caller_of(scope) == Caller("Bearer x", "127.0.0.1", "localhost:8080", "null", 8080)
    assert caller_of({"headers": []}) == Caller()
    assert caller_of({"headers": [(b"x-forwarded-for", b"127.0.0.1")]}).forwarded


def test_where_writing_is_shut_no_key_is_one() -> None:
    assert not holds_key(Policy(("first",), shut=True), "Bearer first")


def test_two_keys_at_once_are_none() -> None:
    headers = [(b"authorization", b"Bearer first"), (b"authorization", b"Bearer second")]
    assert not holds_key(KEYED, caller_of({"headers": headers}).authorization)
