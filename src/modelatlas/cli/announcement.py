"""What `serve` says when it answers: where, what is served already, and how to go on."""

import shlex
from collections import Counter

from modelatlas.cli.keys import key_state
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.keys import ADMIN_KEY_FILE


def announced(atlas: Atlas, url: str, *, demo: bool, public: bool) -> list[str]:
    """Return the lines of the announcement."""
    rows = {
        "serves": f"{url}/ (API: {url}/docs)",
        "data": f"{atlas.settings.home} ({_world(atlas, demo=demo)})",
        "now": _now(atlas),
        "keys": _keys(atlas),
        "synced": _synced(atlas),
        "writing": _writing(atlas, demo=demo, public=public),
    }
    return [
        *(f"{name:<8} {text}" for name, text in rows.items()),
        "",
        f"  curl '{url}/models?limit=3'",
        *([] if _is_shut(atlas, public=public) else [f"  {_curl(atlas, url, demo=demo)}"]),
    ]


def _world(atlas: Atlas, *, demo: bool) -> str:
    if demo:
        return "the demo: everything is simulated"
    return "real" if atlas.settings.via is None else f"simulated, via {atlas.settings.via}"


def _now(atlas: Atlas) -> str:
    parts = atlas.served.catalog.snapshots.values()
    live = [len(part.listings) for part in parts if part.origin != "reference"]
    reference = [len(part.listings) for part in parts if part.origin == "reference"]
    return (
        f"{sum(live) + sum(reference):,} listings: {sum(live):,} kept from {len(live)} providers, "
        f"{sum(reference):,} of {len(reference)} others from references; the rest is being fetched"
    )


def _keys(atlas: Atlas) -> str:
    asked = [each for each in atlas.providers.values() if each.retired is None]
    states = Counter(key_state(each, atlas.settings.keys) for each in asked)
    with_need = states["set"] + states["not set"]
    return (
        f"{states['set']} of the {with_need} providers that need one have a key, "
        f"{states['not needed']} need none; `modelatlas doctor` names the variables"
    )


def _synced(atlas: Atlas) -> str:
    settings = atlas.settings
    if not settings.sync_enabled:
        return "nothing by itself (PRICING_SYNC_ENABLED)"
    hours = settings.sync_interval.total_seconds() / 3600
    return f"{', '.join(sorted(atlas.synced)) or 'nothing'}, every {hours:g} hours"


def _writing(atlas: Atlas, *, demo: bool, public: bool) -> str:
    if _is_shut(atlas, public=public):
        return "refused: others can reach this address; set ADMIN_API_KEY and start again"
    if atlas.settings.admin_keys:
        return "with the key in ADMIN_API_KEY"
    place = f"with the key in {atlas.settings.home / ADMIN_KEY_FILE}"
    return f"from this machine without a key; else {place}" if demo else place


def _is_shut(atlas: Atlas, *, public: bool) -> bool:
    return public and not atlas.settings.admin_keys


def _curl(atlas: Atlas, url: str, *, demo: bool) -> str:
    to = f"{url}/admin/model-sync/all"
    if demo:
        return f"curl -X POST {to}"
    if atlas.settings.admin_keys:
        return f'curl -X POST -H "Authorization: Bearer $ADMIN_API_KEY" {to}'
    key = shlex.quote(str(atlas.settings.home / ADMIN_KEY_FILE))
    return f'curl -X POST -H "Authorization: Bearer $(cat {key})" {to}'
