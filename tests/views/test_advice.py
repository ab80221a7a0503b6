"""Every reason has advice that names what to set and what to run; hindrances are told and count nothing."""

import pytest

from modelatlas.domain.discrepancy import LIVE_ONLY, STORED_ONLY, UNEXPLAINED, Discrepancies, discrepancies
from modelatlas.domain.ledger import Run
from modelatlas.domain.outcome import KINDS
from modelatlas.domain.refresh import ProviderState, after
from modelatlas.views.advice import Circumstances, hindrances, last_runs, missing_keys, to_do
from modelatlas.views.discrepancies import reasons
from tests.builders import NOON, fetched, snapshot_of
from tests.flows.test_live import HOUR
from tests.web.builders import ACME, GONE, ZETA

KNOWN = Circumstances(("openrouter", "nearai"), missing={"acme": ("ACME_API_KEY", "ACME_TOKEN")})


@pytest.mark.parametrize("reason", [*LIVE_ONLY, *STORED_ONLY, UNEXPLAINED])
def test_every_reason_has_advice(reason: str) -> None:
    assert all(to_do(reason, ["acme"], KNOWN))


def test_advice_names_what_to_set_and_what_to_run() -> None:
    assert to_do("provider_not_synced", ["zeta", "acme"], KNOWN) == [
        "set PRICING_SYNC_PROVIDERS=openrouter,nearai,zeta,acme to sync them from now on",
        "run `modelatlas sync zeta acme` to sync them once",
    ]
    assert (
        to_do("provider_never_synced", ["acme", "zeta"], KNOWN)[0] == "set ACME_API_KEY or ACME_TOKEN (acme)"
    )
    assert to_do("appeared_since_sync", ["zeta"], KNOWN) == [
        "run `modelatlas sync zeta`, or wait for the next run"
    ]
    assert to_do("no_live_snapshot", ["acme", "zeta"], KNOWN) == [
        "set ACME_API_KEY or ACME_TOKEN (acme)", "POST /admin/refresh/zeta asks it again",
    ]  # fmt: skip


def found() -> Discrepancies:
    live = {
        "acme": snapshot_of("a"), "beta": snapshot_of("x", "y", provider="beta"),
        "zeta": snapshot_of("d", provider="zeta"),
    }  # fmt: skip
    return discrepancies("the-id", live, {}, ["zeta"])


def test_the_largest_reason_comes_first_and_names_its_providers_the_most_first() -> None:
    first, second = reasons(found(), KNOWN)
    assert (first.reason, first.count, list(first.providers.items())) == (
        "provider_not_synced", 3, [("beta", 2), ("acme", 1)],
    )  # fmt: skip
    assert (second.reason, second.providers) == ("provider_never_synced", {"zeta": 1})
    assert "nearai,beta,acme to sync them" in first.to_do[0]


def test_a_held_list_is_told_with_how_to_release_it() -> None:
    good = after(ProviderState("acme"), fetched("acme", "ok", "a", "b"), HOUR, 0.0)
    held = after(good, fetched("acme", "ok", at=NOON + HOUR), HOUR, 0.0)
    (told,) = hindrances(["acme", "zeta"], Circumstances(states={"acme": held}))
    assert (told.kind, told.providers) == ("held", ["acme"])
    assert told.to_do == ["acme: 0 listings after 2: to believe it now, POST /admin/holds/acme/release"]


def test_what_hinders_a_fetch_or_a_run_is_told_once() -> None:
    states = {
        "acme": after(ProviderState("acme"), fetched("acme", "not_configured", detail="no key"), HOUR, 0.0),
        "zeta": after(ProviderState("zeta"), fetched("zeta", "timeout", detail="30 s"), HOUR, 0.0),
        "beta": after(ProviderState("beta"), fetched("beta", "ok", "a"), HOUR, 0.0),
    }
    runs = [
        Run(3, "beta", NOON, "failed", error="the store is away"),
        Run(2, "zeta", NOON, "failed"),
        Run(1, "beta", NOON, "success"),
    ]
    known = Circumstances(states=states, missing=KNOWN.missing, attempts=last_runs(runs))
    assert {each.kind: each.to_do for each in hindrances(["acme", "beta", "zeta"], known)} == {
        "run_not_successful": ["beta: failed: the store is away"],
        "not_configured": ["acme: set ACME_API_KEY or ACME_TOKEN"],
        "timeout": ["zeta: 30 s"],
    }
    assert all(each.sentence for each in hindrances(states, known))
    assert {"not_configured", "timeout"} <= KINDS.keys()


def test_keys_that_are_needed_and_not_set_are_missing() -> None:
    assert missing_keys([ACME, ZETA, GONE], {}) == {"acme": ("ACME_API_KEY",)}
    assert missing_keys([ACME, ZETA], {"ACME_API_KEY": " "}) == {"acme": ("ACME_API_KEY",)}
    assert missing_keys([ACME, ZETA], {"ACME_API_KEY": "k"}) == {}
