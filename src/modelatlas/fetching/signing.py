"""Calls that are signed: with access keys of AWS, or as a service account of Google.

The libraries that sign are extras and are imported when first needed.
"""

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import Misconfigured
from modelatlas.providers.contract import SigV4
from modelatlas.providers.placeholders import filled

_SIGNING_SECONDS: Final = 10.0
_TOKEN_LIFE: Final = timedelta(hours=1)
"""The longest that Google lets such a token live (https://google.aip.dev/auth/4111, 2026-11)."""
_RENEWED: Final = timedelta(minutes=5)
_LONGEST_FILE: Final = 1 << 16


class AwsSigner:
    """Signs calls by Signature Version 4; `parts` are key id, secret key and session token or nothing.

    Raises `Misconfigured` where the library is missing or the region cannot be.
    """

    def __init__(self, way: SigV4, parts: Sequence[str], variables: Mapping[str, str]) -> None:
        self._auth, self._http = _modules("aws", "awscrt.auth", "awscrt.http")
        self._service = way.service
        self._region = filled(way.region, variables)
        self.secrets = tuple(filter(None, parts))
        id_, key, session = parts
        self._credentials = self._auth.AwsCredentialsProvider.new_static(id_, key, session or None)

    def headers(self, url: str, at: datetime) -> Mapping[str, str]:
        """Return the headers that sign a GET of a URL."""
        place = urlsplit(url)
        path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
        request = self._http.HttpRequest("GET", path, self._http.HttpHeaders([("host", place.netloc)]))
        how = self._auth.AwsSigningConfig(
            algorithm=self._auth.AwsSigningAlgorithm.V4,
            signature_type=self._auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
            credentials_provider=self._credentials,
            region=self._region,
            service=self._service,
            date=at,
        )
        signed = self._auth.aws_sign_request(request, how).result(_SIGNING_SECONDS)
        return {name: value for name, value in signed.headers if name.lower() != "host"}


class GoogleSigner:
    """Writes tokens that a service account signs itself, so that nobody is asked for one.

    Raises `Misconfigured` where the library is missing or the key file is none. Nothing of the file is told.
    """

    def __init__(self, variable: str, path: str) -> None:
        crypt, self._jwt = _modules("google", "google.auth.crypt", "google.auth.jwt")
        account = _key_file(variable, path)
        self._email = account.client_email
        self._key = account.private_key
        self._issued: dict[str, tuple[str, datetime]] = {}
        try:
            self._signer = crypt.RSASigner.from_service_account_info(msgspec.to_builtins(account))
        except ValueError:
            raise Misconfigured(f"{variable}: the private key in its file cannot be read") from None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The private key, and the tokens that it signed."""
        return self._key, *(token for token, _ in self._issued.values())

    def headers(self, url: str, at: datetime) -> Mapping[str, str]:
        """Return the header with a token for the host of a URL, a new one shortly before the last ends."""
        audience = f"https://{urlsplit(url).hostname}/"
        token, until = self._issued.get(audience, ("", at))
        if at >= until - _RENEWED:
            until = at + _TOKEN_LIFE
            says = {
                "iss": self._email,
                "sub": self._email,
                "aud": audience,
                "iat": int(at.timestamp()),
                "exp": int(until.timestamp()),
            }
            token = self._jwt.encode(self._signer, says).decode("ascii")
            self._issued[audience] = token, until
        return {"Authorization": f"Bearer {token}"}


class _Account(Struct, frozen=True):
    """What is used of a key file of a service account."""

    client_email: str
    private_key: str
    private_key_id: str

    def __repr__(self) -> str:
        return f"_Account({self.client_email!r})"  # all else is secret


def _key_file(variable: str, path: str) -> _Account:
    """Read a key file. Raises `Misconfigured` naming the variable, never what the file holds."""
    try:
        with Path(path).open("rb") as file:
            return msgspec.json.decode(file.read(_LONGEST_FILE), type=_Account)
    except OSError as error:
        raise Misconfigured(f"{variable}: its file cannot be read ({error.strerror})") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        msg = f"{variable}: expected the JSON key file of a service account of Google, got something else"
        raise Misconfigured(msg) from None


def _modules(extra: str, *names: str) -> tuple[Any, ...]:
    try:
        return tuple(map(importlib.import_module, names))
    except ImportError:
        raise Misconfigured(f"signing its calls takes: pip install 'modelatlas[{extra}]'") from None
