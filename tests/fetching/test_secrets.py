"""Keys are told to nobody but the list that they open."""

import logging

import httpx2
import pytest

from modelatlas.domain.outcome import Kind
from modelatlas.fetching.limits import Limits
from modelatlas.providers.contract import Bearer
from tests.fetching.acme import KEY, KEYED, KEYS, MODELS, Handler, acme, answer, fetch, raising

KEEPS_QUIET: list[tuple[Handler, str]] = [
    (lambda request: httpx2.Response(401, content=request.headers["authorization"].encode()), "unauthorised"),
    (lambda request: httpx2.Response(200, content=request.headers["authorization"].encode()), "unreadable"),
    (lambda _request: httpx2.Response(302, headers={"location": f"/v2?key={KEY}"}), "bad_status"),
    (lambda _request: httpx2.Response(302, headers={"location": f"https://{KEY}.example/"}), "bad_status"),
    (lambda _request: answer(f"fine-tune-{KEY}"), "unreadable"),
    (raising(httpx2.RemoteProtocolError(f"illegal line {KEY}")), "unreachable"),
    (raising(httpx2.LocalProtocolError(f"illegal header {KEY}")), "unreachable"),
    (raising(httpx2.ConnectError(f"no way to {KEY}")), "unreachable"),
    (raising(RuntimeError(f"broken by {KEY}")), "unreadable"),
    (lambda _request: answer("a"), "ok"),
]


@pytest.mark.parametrize(("handler", "kind"), KEEPS_QUIET)
@pytest.mark.parametrize("auth", [KEYED, Bearer("OTHER_KEY", others=("ACME_API_KEY",))])
async def test_a_key_is_in_no_outcome_log_snapshot_or_url(
    handler: Handler,
    kind: Kind,
    auth: Bearer,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    urls: list[str] = []

    def noting(request: httpx2.Request) -> httpx2.Response:
        urls.append(str(request.url))
        answered = handler(request)
        assert isinstance(answered, httpx2.Response)
        return answered

    caplog.set_level(logging.DEBUG)
    fetched = await fetch(noting, acme(MODELS, auth=auth), keys=KEYS, limits=Limits(seconds=5.0, retries=1))
    assert fetched.outcome.kind == kind
    assert KEY not in repr(fetched)
    assert KEY not in caplog.text
    assert KEY not in "".join(capsys.readouterr())
    assert urls
    assert not [url for url in urls if KEY in url]
