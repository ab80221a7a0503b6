"""Calls stay with the host that was declared, or go to the simulator."""

import pytest

from modelatlas.domain.errors import Misconfigured
from modelatlas.fetching.urls import joined, stays_within, with_params
from modelatlas.fetching.via import checked, through
from tests.fetching.acme import URL


@pytest.mark.parametrize(
    ("url", "params", "whole"),
    [
        (URL, {}, URL),
        (URL, {"expand[]": "a b"}, f"{URL}?expand%5B%5D=a+b"),
        (f"{URL}?page=1&empty=", {"page": "2"}, f"{URL}?page=2&empty="),
    ],
)
def test_parameters_are_added_or_replaced(url: str, params: dict[str, str], whole: str) -> None:
    assert with_params(url, params) == whole


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        ("/v2/models", True),
        ("?page=2", True),
        ("https://API.acme.example:443/v2", True),
        ("//api.acme.example/v2", True),
        ("http://api.acme.example/v1/models", False),
        ("https://api.acme.example:8443/v1/models", False),
        ("https://api.acme.example.evil.example/v1/models", False),
        ("https://acme.example/v1/models", False),
        ("https://someone:pw@api.acme.example/v1/models", False),
        ("//evil.example/v1/models", False),
        ("https://api.acme.example:port/", False),
        ("https://[not-an-address/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_https_on_the_declared_host_and_port_stays(target: str, stays: bool) -> None:
    assert stays_within(joined(URL, target), URL) is stays


def test_a_simulator_is_called_with_the_host_as_first_part_of_the_path() -> None:
    assert through(None, f"{URL}?page=2") == f"{URL}?page=2"
    via = checked("http://127.0.0.1:9000/", allow_remote=False)
    assert through(via, f"{URL}?page=2") == "http://127.0.0.1:9000/api.acme.example/v1/models?page=2"


@pytest.mark.parametrize("via", [None, "http://localhost:9", "http://[::1]:9", "https://127.8.0.1"])
def test_a_simulator_may_be_on_this_machine(via: str | None) -> None:
    assert checked(via, allow_remote=False) == via


@pytest.mark.parametrize(
    "via", ["http://10.0.0.7:9000", "https://simulator.example", "http://127.0.0.1.nip.example"]
)
def test_a_simulator_elsewhere_must_be_allowed(via: str) -> None:
    with pytest.raises(Misconfigured, match="--allow-remote-via"):
        checked(via, allow_remote=False)
    assert checked(via, allow_remote=True) == via


@pytest.mark.parametrize(
    "via",
    ["", "127.0.0.1:9000", "ftp://127.0.0.1", "http://", "http://me:pw@127.0.0.1", "http://127.0.0.1/?x=1"],
)
def test_what_is_no_url_of_a_simulator_is_refused(via: str) -> None:
    with pytest.raises(Misconfigured, match="expected the URL of a simulator"):
        checked(via, allow_remote=True)
