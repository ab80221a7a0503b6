"""What was made of a list stays while the next one is made ready."""

from modelatlas.domain.latest import Latest


def test_the_last_two_of_each_provider_are_kept() -> None:
    kept: Latest[str] = Latest()
    for key in ("a", "b", "c"):
        assert kept.put("acme", key, key.upper()) == key.upper()
    assert [kept.get("acme", key) for key in ("a", "b", "c")] == [None, "B", "C"]
    assert kept.get("zeta", "c") is None


def test_the_older_one_goes_only_when_the_newest_is_shown() -> None:
    """F50: a list that is about to be shown is not thrown away for the one that still is."""
    kept: Latest[str] = Latest()
    kept.put("acme", "a", "A")
    kept.put("acme", "b", "B")
    kept.forget_older("acme", "a")
    assert kept.get("acme", "b") == "B"
    kept.forget_older("acme", "b")
    assert (kept.get("acme", "a"), kept.get("acme", "b")) == (None, "B")


def test_providers_that_went_are_forgotten() -> None:
    kept: Latest[str] = Latest()
    kept.put("acme", "a", "A")
    kept.put("zeta", "a", "A")
    kept.forget_all_but(["zeta"])
    assert (kept.get("acme", "a"), kept.get("zeta", "a")) == (None, "A")
