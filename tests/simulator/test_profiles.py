import pytest

from modelatlas.domain.query import MOST
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.registry import declared
from modelatlas.simulator.profiles import TOTAL, counts

SYNCED = ("openrouter", "featherless", "near", "alibaba")


def test_the_seed_profile_has_the_numbers_it_is_known_for() -> None:
    made = counts("seed", declared())
    assert {
        slug: made[slug]
        for slug in ("openrouter", "featherless", "deepinfra", "huggingface", "together", "groq")
    } == {
        "openrouter": 3_500,
        "featherless": 6_500,
        "deepinfra": 2_000,
        "huggingface": 1_500,
        "together": 800,
        "groq": 100,
    }
    assert TOTAL <= sum(made.values()) <= TOTAL + len(made)


def test_what_is_synced_by_default_is_10_000_to_11_500_listings() -> None:
    made = counts("seed", declared())
    unpriced = 0.04 * made["openrouter"] + made["near"]
    assert sum(made[slug] for slug in SYNCED) - unpriced >= 10_000
    assert sum(made[slug] for slug in SYNCED) <= 11_500


@pytest.mark.parametrize("more", range(1, 40, 7))
def test_whatever_is_declared_the_seed_profile_has_18_000_listings(more: int) -> None:
    providers = dict(declared())
    for number in range(more):
        slug = f"new-{number}"
        providers[slug] = Provider(
            slug=slug,
            name=slug,
            kind="host",
            docs="",
            evidence="",
            lists=(ModelList(url=f"https://{slug}.example/models"),),
        )
    made = counts("seed", providers)
    assert made.keys() == {slug for slug, each in providers.items() if each.retired is None}
    assert sum(made.values()) >= 18_000
    assert min(made.values()) > 0


def test_the_real_profile_has_the_recorded_numbers() -> None:
    made = counts("real", declared())
    assert (made["featherless"], made["openrouter"], made["deepinfra"]) == (15_695, 421, 142)


def test_the_largest_profile_has_100_000_listings_which_one_answer_can_hold() -> None:
    total = sum(counts("100k", declared()).values())
    assert 100_000 <= total <= 100_100 <= MOST


def test_a_retired_provider_has_none() -> None:
    retired = Provider(slug="old", name="Old", kind="host", docs="", evidence="", lists=(), retired="gone")
    assert "old" not in counts("seed", {"old": retired, **declared()})
