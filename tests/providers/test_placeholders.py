"""Values of the environment go into a URL where it was declared, and can change nothing else of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import Misconfigured
from modelatlas.fetching.urls import host_of
from modelatlas.providers.placeholders import filled, hidden_in, needed_in, simulated_url

URL = "https://api.{AWS_REGION=us-east-1}.example.com/accounts/{ACCOUNT_ID}/models"


def test_a_default_stands_where_nothing_is_set() -> None:
    assert filled(URL, {"ACCOUNT_ID": " a1 "}) == "https://api.us-east-1.example.com/accounts/a1/models"
    said = {"ACCOUNT_ID": "a1", "AWS_REGION": "eu-west-1"}
    assert filled(URL, said) == "https://api.eu-west-1.example.com/accounts/a1/models"


@pytest.mark.parametrize("variables", [{}, {"ACCOUNT_ID": " "}])
def test_what_is_missing_is_named(variables: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="set ACCOUNT_ID"):
        filled(URL, variables)


@pytest.mark.parametrize(
    "value",
    ["a/b", "..", "a..b", ".a", "a@b", "a:1", "a?b", "a#b", "a%2fb", "a b", "ä", "-a", "a" * 101, "a\n/"],
)
def test_what_could_change_host_or_path_is_refused_and_not_shown(value: str) -> None:
    for name in ("ACCOUNT_ID", "AWS_REGION"):
        with pytest.raises(Misconfigured, match=f"{name} cannot stand in a URL") as refused:
            filled(URL, {"ACCOUNT_ID": "a1", name: value})
        assert value not in str(refused.value).replace(name, "").split()


@given(st.text(max_size=12))
def test_whatever_is_said_the_call_stays_below_the_declared_domain(value: str) -> None:
    try:
        url = filled("https://{NAME}.example.com/models", {"NAME": value})
    except Misconfigured:
        return
    assert host_of(url).endswith(".example.com")
    assert url.endswith(".example.com/models")


def test_only_what_has_no_default_is_needed_and_hidden() -> None:
    assert needed_in(URL) == ("ACCOUNT_ID",)
    assert hidden_in(URL, {"ACCOUNT_ID": "a1", "AWS_REGION": "eu-west-1"}) == ("a1",)
    assert hidden_in(URL, {}) == ()
    assert simulated_url(URL) == "https://api.us-east-1.example.com/accounts/demo/models"
