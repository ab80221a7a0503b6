"""Keys go to the lists that need one, and nowhere else."""

import pytest

from modelatlas.fetching.auth import Access, access, what_is_missing, what_to_do_when_refused
from modelatlas.providers.contract import Auth, Bearer, FirstOf, Header, ModelList, Open, SigV4
from tests.fetching.acme import KEY, KEYED, KEYS, MODELS, URL, acme


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        (KEYED, {"Authorization": f"Bearer {KEY}"}),
        (Bearer("OTHER_KEY", others=("ACME_API_KEY",)), {"Authorization": f"Bearer {KEY}"}),
        (Header("x-api-key", "ACME_API_KEY"), {"x-api-key": KEY}),
    ],
)
def test_a_list_that_needs_a_key_gets_it_as_declared(auth: Auth, headers: dict[str, str]) -> None:
    assert access(acme(auth=auth), MODELS, KEYS) == Access(headers, "ACME_API_KEY")


@pytest.mark.parametrize("auth", [Open(), Bearer("ACME_API_KEY", required=False)])
def test_a_list_for_everybody_gets_no_key(auth: Auth) -> None:
    assert access(acme(auth=auth), MODELS, KEYS) == Access()


def test_a_list_says_for_itself_whether_it_needs_a_key() -> None:
    free = ModelList(url=URL, needs_key=False)
    closed = ModelList(url=URL, needs_key=True)
    assert access(acme(auth=KEYED), free, KEYS) == Access()
    assert access(acme(auth=Bearer("ACME_API_KEY", required=False)), closed, {}) is None


@pytest.mark.parametrize("keys", [{}, {"ACME_API_KEY": ""}, {"ACME_API_KEY": "  \n"}])
def test_without_a_key_the_variable_is_named(keys: dict[str, str]) -> None:
    assert access(acme(auth=KEYED), MODELS, keys) is None
    assert what_is_missing(KEYED, keys) == "set ACME_API_KEY (docs/operating.md#keys)"


@pytest.mark.parametrize("key", ["sk-\nX-Evil: 1", "schlüssel-0123", "sk-\x00"])
def test_a_key_that_cannot_stand_in_a_header_is_said_without_showing_it(key: str) -> None:
    assert access(acme(auth=KEYED), MODELS, {"ACME_API_KEY": key}) is None
    told = what_is_missing(KEYED, {"ACME_API_KEY": key})
    assert told.startswith("ACME_API_KEY holds characters")
    assert key not in told


def test_a_simulator_gets_demo_in_the_place_of_a_key() -> None:
    provider = acme(auth=KEYED)
    granted = access(provider, MODELS, KEYS, simulated=True)
    assert granted == Access({"Authorization": "Bearer demo"}, "ACME_API_KEY")
    assert access(provider, MODELS, {}, simulated=True) is None
    assert access(acme(), MODELS, KEYS, simulated=True) == Access()


def test_a_refused_key_is_told_apart_from_a_list_that_has_become_closed() -> None:
    auth = Bearer("ACME_API_KEY", required=False)
    assert what_to_do_when_refused(auth, "ACME_API_KEY").startswith("set ACME_API_KEY")
    assert "may need ACME_API_KEY now" in what_to_do_when_refused(auth, None)
    assert "documentation" in what_to_do_when_refused(Open(), None)


def test_of_several_ways_the_first_that_is_wholly_set_is_taken() -> None:
    either = FirstOf((Bearer("ACME_TOKEN", ("ACME_OTHER_TOKEN",)), SigV4("rocket")))
    provider = acme(auth=either)
    signed = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example-signing-key"}
    both = access(provider, MODELS, {**signed, "ACME_OTHER_TOKEN": KEY})
    assert both == Access({"Authorization": f"Bearer {KEY}"}, "ACME_OTHER_TOKEN")
    one = access(provider, MODELS, signed)
    assert one is not None
    assert (one.variable, one.headers) == ("AWS_ACCESS_KEY_ID", {})
    assert access(provider, MODELS, {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}) is None
    assert what_is_missing(either, {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}) == (
        "set ACME_TOKEN, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (docs/operating.md#keys)"
    )
    assert provider.key_variables == (
        "ACME_TOKEN", "ACME_OTHER_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    )  # fmt: skip
    assert provider.has_key(signed)
    assert not provider.has_key({"AWS_SECRET_ACCESS_KEY": "example-signing-key"})


def test_a_list_may_take_another_key_than_its_provider() -> None:
    own = ModelList(url=URL, name="own", auth=Header("x-own", "OWN_KEY"))
    provider = acme(MODELS, own, auth=KEYED)
    assert access(provider, own, KEYS) is None
    assert access(provider, own, {"OWN_KEY": "own-0123456789"}) == Access(
        {"x-own": "own-0123456789"}, "OWN_KEY"
    )
    assert provider.variables == ("ACME_API_KEY", "OWN_KEY")


def test_an_access_never_shows_its_key() -> None:
    granted = access(acme(auth=KEYED), MODELS, KEYS)
    assert KEY not in repr(granted)
    assert KEY not in str([granted])
