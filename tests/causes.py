"""Which operation caused each difference of live and stored: an account that looks at neither side."""

from collections.abc import Mapping

from modelatlas.domain.discrepancy import LIVE_ONLY

LEFT_OUT = {"unpriced": "no_price", "inactive": "inactive_upstream", "suspect": "price_quarantined"}
"""What a gateway's listing is -> why it is not stored."""

Listed = Mapping[str, str]
"""Id -> what the listing is: priced, or one of `LEFT_OUT`."""


class Causes:
    """One gateway: `cause` is what each operation left behind, `stored` its rows with their missed runs."""

    def __init__(self, grace_runs: int, *, in_list: bool = True) -> None:
        self.grace_runs = grace_runs
        self.in_list = in_list
        self.live: Listed | None = None
        self.stored: dict[str, int] = {}
        self.overrides: dict[str, str] = {}
        self.cause: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.ever_synced = False

    def heard(self, listed: Listed) -> None:
        """A list is live from now on."""
        before, self.live = set(self.live or ()), dict(listed)
        never = "provider_never_synced" if self.in_list else "provider_not_synced"
        for id_ in self.live.keys() - before:
            if id_ in self.stored:
                self.cause.pop(id_, None)
            else:
                later = self.left_out.get(id_, "appeared_since_sync")
                self.cause[id_] = later if self.ever_synced else never
        for id_ in before - self.live.keys():
            self.cause.pop(id_, None)
        for id_ in self.stored.keys() - self.live.keys():
            if id_ in before or self.cause.get(id_) == "no_live_snapshot":
                self.cause[id_] = "missing_grace" if self.stored[id_] else "vanished_since_sync"

    def synced(self) -> None:
        """A run has written what is live."""
        assert self.live is not None
        self.ever_synced = True
        self.cause = {}
        for id_, kind in self.live.items():
            said = self.overrides.get(id_)
            if said == "exclude":
                self.cause[id_] = "operator_excluded"
            elif kind in LEFT_OUT and said != "keep":
                self.cause[id_] = LEFT_OUT[kind]
        self.left_out = dict(self.cause)
        self._missed(self.live)
        self.stored |= {id_: 0 for id_ in self.live if id_ not in self.cause}
        for id_ in self.left_out:
            self.stored.pop(id_, None)

    def said(self, id_: str, word: str | None) -> None:
        """An operator says something of a listing, or takes it back."""
        if word is None:
            self.overrides.pop(id_, None)
        else:
            self.overrides[id_] = word

    def lost(self) -> None:
        """Nothing is live any more."""
        self.live = None
        self.cause = dict.fromkeys(self.stored, "no_live_snapshot")

    def expected(self) -> dict[tuple[str, int], str]:
        """Return the reason of each difference, by id and sign; an operator's word counts at once."""
        reasons: dict[tuple[str, int], str] = {}
        for id_, cause in self.cause.items():
            sign = 1 if cause in LIVE_ONLY else -1
            said = self.overrides.get(id_)
            if sign == 1 and said == "exclude":
                reasons[id_, sign] = "operator_excluded"
            elif sign == -1 and said == "keep":
                reasons[id_, sign] = "operator_kept"
            else:
                reasons[id_, sign] = cause
        return reasons

    def _missed(self, listed: Listed) -> None:
        for id_ in self.stored.keys() - listed.keys():
            said = self.overrides.get(id_)
            kept = said == "keep"  # while an operator keeps it, no further absence is counted
            self.stored[id_] = max(self.stored[id_], 1) if kept else self.stored[id_] + 1
            if said == "exclude" or (not kept and self.stored[id_] > self.grace_runs):
                del self.stored[id_]
            else:
                self.cause[id_] = "missing_grace"
