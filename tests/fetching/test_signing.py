"""Signed calls: what is sent is what AWS and Google document, and no part of a key is told anywhere.

The signatures of AWS are computed here again by the documented algorithm, without the library that makes
them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import base64
import hashlib
import hmac
import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from modelatlas.domain.errors import Misconfigured
from modelatlas.fetching.auth import access
from modelatlas.fetching.readiness import accesses
from modelatlas.fetching.signing import AwsSigner, GoogleSigner
from modelatlas.providers.contract import Cursor, GoogleServiceAccount, ModelList, SigV4
from tests.builders import NOON
from tests.fetching.acme import HOST, MODELS, acme, answer, fetch, ids

ID, SIGNING_KEY, SESSION = (
    "AKIDEXAMPLE00001",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "session/+token=0123",
)
AWS = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SIGNING_KEY}
TEMPORARY = {**AWS, "AWS_SESSION_TOKEN": SESSION}
AT = datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC)
EMPTY = hashlib.sha256(b"").hexdigest()


def hmac_of(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(
    url: str, headers: Mapping[str, str], region: str, service: str, key: str = SIGNING_KEY
) -> tuple[str, str]:
    """Return the signed headers' names and the signature of a GET, as AWS documents them."""
    place = urlsplit(url)
    path = (
        quote(quote(place.path or "/", safe="/-_.~%"), safe="/-_.~")
        if "%" in place.path
        else place.path or "/"
    )
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(place.query))
    signed = {
        "host": place.netloc,
        **{k.lower(): v for k, v in headers.items() if k.lower().startswith("x-amz-")},
    }
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        [
            "GET",
            path,
            "&".join(f"{k}={v}" for k, v in pairs),
            *(f"{name}:{signed[name].strip()}" for name in sorted(signed)),
            "",
            names,
            EMPTY,
        ]
    )
    instant = signed["x-amz-date"]
    scope = f"{instant[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{instant}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    part = hmac_of(f"AWS4{key}".encode(), instant[:8])
    for word in (region, service, "aws4_request"):
        part = hmac_of(part, word)
    return names, hmac.new(part, text.encode(), hashlib.sha256).hexdigest()


def test_the_algorithm_here_gives_the_published_signature() -> None:
    """`get-vanilla` of AWS's Signature Version 4 test suite."""
    names, found = signature(
        "https://example.amazonaws.com/", {"X-Amz-Date": "20150830T123600Z"}, "us-east-1", "service"
    )
    assert names == "host;x-amz-date"
    assert found == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


@pytest.mark.parametrize("keys", [AWS, TEMPORARY], ids=["lasting", "temporary"])
@pytest.mark.parametrize(
    "url",
    [
        "https://example.amazonaws.com",
        "https://example.amazonaws.com/foundation-models",
        "https://example.amazonaws.com/models?type=SYSTEM_DEFINED&maxResults=1000",
        "https://example.amazonaws.com/models?nextToken=b%2Fc%2B%3D%20d&a=%C3%BC&a-b=1",
    ],
)
def test_a_call_is_signed_as_documented(url: str, keys: Mapping[str, str]) -> None:
    parts = (keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], keys.get("AWS_SESSION_TOKEN", ""))
    headers = AwsSigner(SigV4("rocket", "eu-west-3"), parts, {}).headers(url, AT)
    names, expected = signature(url, headers, "eu-west-3", "rocket")
    assert headers["X-Amz-Date"] == "20150830T123600Z"
    assert headers.get("X-Amz-Security-Token", "") == parts[2]
    assert headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={ID}/20150830/eu-west-3/rocket/aws4_request, "
        f"SignedHeaders={names}, Signature={expected}"
    )


def test_another_key_host_path_query_or_instant_is_another_signature() -> None:
    signer = AwsSigner(SigV4("rocket"), (ID, SIGNING_KEY, ""), {})
    other = AwsSigner(SigV4("rocket"), (ID, SIGNING_KEY[::-1], ""), {})
    url = "https://a.example/models?a=1"
    urls = (
        url,
        "https://b.example/models?a=1",
        "https://a.example/model?a=1",
        "https://a.example/models?a=2",
    )
    made = {signer.headers(each, AT)["Authorization"] for each in urls}
    made |= {
        signer.headers(url, AT + timedelta(seconds=1))["Authorization"],
        other.headers(url, AT)["Authorization"],
    }
    assert len(made) == len(urls) + 2


def test_the_region_is_that_of_the_url() -> None:
    region = SigV4("rocket", "{ROCKET_REGION=eu-west-1}")
    for variables, expected in (({}, "eu-west-1"), ({"ROCKET_REGION": "ap-south-1"}, "ap-south-1")):
        headers = AwsSigner(region, (ID, SIGNING_KEY, ""), variables).headers("https://a.example/", AT)
        assert f"/{expected}/rocket/aws4_request" in headers["Authorization"]


async def test_every_page_is_signed_anew_and_nothing_of_the_keys_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """F28: a key is in no error, log or snapshot."""
    caplog.set_level(logging.DEBUG)
    asked: list[httpx2.Request] = []

    def good(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return answer("b") if "next" in request.url.params else answer("a", token="n/1+=")

    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"cannot send {dict(request.headers)} {SIGNING_KEY}")

    paged = ModelList(url=f"https://{HOST}/models", paging=Cursor("next", "token"))
    provider = acme(paged, auth=SigV4("rocket", "eu-west-1"))
    fetched = await fetch(good, provider, keys=TEMPORARY)
    assert ids(fetched) == ["a", "b"]
    for request in asked:
        headers = {name: request.headers[name] for name in ("x-amz-date", "x-amz-security-token")}
        assert request.headers["authorization"].endswith(
            signature(str(request.url), headers, "eu-west-1", "rocket")[1]
        )
    assert len({request.headers["authorization"] for request in asked}) == 2
    failed = await fetch(broken, provider, keys=TEMPORARY)
    assert failed.outcome.kind == "unreachable"
    for told in (repr(fetched), repr(failed), caplog.text, repr(access(provider, paged, TEMPORARY))):
        for word in (
            ID,
            SIGNING_KEY,
            SESSION,
            *re.findall("Signature=([0-9a-f]{64})", failed.outcome.detail),
        ):
            assert word not in told


async def test_a_list_that_repeats_a_part_of_the_keys_is_not_kept() -> None:
    fetched = await fetch(lambda _request: answer(SIGNING_KEY), acme(auth=SigV4("rocket")), keys=AWS)
    assert fetched.outcome.kind == "unreadable"
    assert SIGNING_KEY not in fetched.outcome.detail


async def test_a_redirect_gets_no_signature() -> None:
    asked: list[httpx2.Request] = []

    def moved(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return (
            answer("a") if request.url.path == "/new" else httpx2.Response(307, headers={"location": "/new"})
        )

    await fetch(moved, acme(auth=SigV4("rocket")), keys=AWS)
    assert [("authorization" in each.headers, "x-amz-date" in each.headers) for each in asked] == [
        (True, True),
        (False, False),
    ]


def test_a_simulator_gets_demo_and_no_region_of_ours() -> None:
    granted = access(
        acme(auth=SigV4("rocket")), MODELS, {**TEMPORARY, "AWS_REGION": "ap-south-1"}, simulated=True
    )
    assert granted is not None
    sent = granted.of_call("https://a.example/", AT).headers
    assert "Credential=demo/20150830/us-east-1/rocket/aws4_request" in sent["Authorization"]
    assert "X-Amz-Security-Token" not in sent
    assert granted.secrets == ("demo",)


@pytest.mark.parametrize("unfit", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
def test_a_part_that_cannot_be_sent_is_named(unfit: str) -> None:
    ready, missing = accesses(acme(auth=SigV4("rocket")), {**TEMPORARY, unfit: "a b"})
    assert (ready, missing) == (
        (),
        f"{unfit} holds characters that no key has: set it again (docs/operating.md#keys)",
    )


@pytest.mark.parametrize(
    ("auth", "module", "extra"),
    [(SigV4("rocket"), "awscrt.auth", "aws"), (GoogleServiceAccount(), "google.auth.crypt", "google")],
)
async def test_without_the_extra_it_is_named(
    auth: SigV4 | GoogleServiceAccount, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    keys = {**AWS, "GOOGLE_APPLICATION_CREDENTIALS": "/key.json"}
    fetched = await fetch(lambda _request: answer("a"), acme(auth=auth), keys=keys)
    assert fetched.outcome.kind == "not_configured"
    assert fetched.outcome.detail == (
        f"signing its calls takes: pip install 'modelatlas[{extra}]' (docs/operating.md#keys)"
    )


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


@pytest.fixture
def key_file(private_key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "account.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "rocket@acme.iam.example",
                "private_key_id": "k1",
                "private_key": pem.decode(),
                "token_uri": "https://token.example/",
            }
        )
    )
    return path


def decoded(token: str, key: rsa.RSAPrivateKey) -> tuple[dict[str, object], dict[str, object]]:
    """Check a token's signature and return its header and what it says (RFC 7515, 7519)."""
    head, body, signed = token.split(".")
    raw = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (head, body, signed)]
    key.public_key().verify(raw[2], f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    return json.loads(raw[0]), json.loads(raw[1])


async def test_a_service_account_signs_its_own_token(private_key: rsa.RSAPrivateKey, key_file: Path) -> None:
    asked: list[httpx2.Request] = []

    def good(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return answer("a")

    keys = {"GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}
    fetched = await fetch(good, acme(auth=GoogleServiceAccount()), keys=keys)
    assert ids(fetched) == ["a"]
    assert [request.url.host for request in asked] == [HOST], "nobody is asked for a token"
    header, says = decoded(asked[0].headers["authorization"].removeprefix("Bearer "), private_key)
    assert (header["alg"], header["kid"]) == ("RS256", "k1")
    assert says == {
        "iss": "rocket@acme.iam.example",
        "sub": "rocket@acme.iam.example",
        "aud": f"https://{HOST}/",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 3600,
    }


def test_a_token_is_used_until_shortly_before_its_end(private_key: rsa.RSAPrivateKey, key_file: Path) -> None:
    signer = GoogleSigner("FILE", str(key_file))
    url = "https://a.example/models"
    first = signer.headers(url, AT)
    assert signer.headers(url, AT + timedelta(minutes=54)) == first
    assert signer.headers("https://b.example/", AT) != first
    second = signer.headers(url, AT + timedelta(minutes=55))
    assert second != first
    _, says = decoded(second["Authorization"].removeprefix("Bearer "), private_key)
    assert says["exp"] == int(AT.timestamp()) + 55 * 60 + 3600
    with pytest.raises(InvalidSignature):
        decoded(first["Authorization"].removeprefix("Bearer ")[:-8] + "AAAAAAAA", private_key)


async def test_nothing_of_a_key_file_is_told(key_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keys = {"GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}
    tokens: list[str] = []

    def broken(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        raise httpx2.ConnectError(f"cannot send {dict(request.headers)}")

    failed = await fetch(broken, acme(auth=GoogleServiceAccount()), keys=keys)
    assert failed.outcome.kind == "unreachable"
    for told in (repr(failed), caplog.text):
        assert tokens[0] not in told
        assert "PRIVATE KEY" not in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "its file cannot be read (No such file or directory)"),
        (b"", "expected the JSON key file of a service account of Google"),
        (b'{"type": "authorized_user", "refresh_token": "1//secret"}', "expected the JSON key file"),
        (
            b'{"client_email": "a", "private_key": "secret-words", "private_key_id": "1"}',
            "the private key in its file cannot be read",
        ),
    ],
)
def test_a_file_that_is_no_key_file_is_said_without_showing_it(
    content: bytes | None, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured) as raised:
        GoogleSigner("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    assert str(raised.value).startswith(f"GOOGLE_APPLICATION_CREDENTIALS: {told}")
    assert "secret" not in str(raised.value)


def test_a_simulator_needs_no_key_file() -> None:
    keys = {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere"}
    granted = access(acme(auth=GoogleServiceAccount()), MODELS, keys, simulated=True)
    assert granted is not None
    assert granted.headers == {"Authorization": "Bearer demo"}
