"""Curated files are checked whole, and price by the hour."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from modelatlas.domain.errors import Misconfigured
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.price import Condition, PromptOver, Tier, Window
from modelatlas.prices.file import read_file
from modelatlas.prices.files import bundled, expiring, with_own
from modelatlas.providers.registry import declared

TODAY = date(2026, 11, 1)
GOOD = """
source = "https://acme.example/pricing"
read = 2026-10-01
expires = 2027-01-01

[[price]]
ids = ["rocket-2", "rocket-latest"]
prices = { input_token = "0.14", output_token = "free", web_search = { amount = "10", per = "1K searches" } }

[[price]]
ids = ["rocket-2"]
hours = ["22:00-06:00"]
weekdays = [1, 5]
zone = "Europe/Berlin"
prompt_over = 200000
inclusive = true
rank = 1
prices = { input_token = "0.07" }

[[factor]]
ids = ["rocket-2"]
tier = "batch"
factor = "0.5"
"""


def test_a_file_becomes_rules_with_their_page_as_source() -> None:
    curated = read_file("acme", GOOD.encode())
    plain, free, search, conditional = curated.rules["rocket-2"]
    assert (plain.amount, plain.per, plain.source) == (
        Decimal("0.14"),
        "1M tokens",
        "curated:acme@2026-10-01",
    )
    assert plain.path == "https://acme.example/pricing#input_token"
    assert (free.state, free.amount) == ("free", None)
    assert (search.amount, search.per) == (Decimal(10), "1K searches")
    assert conditional.when == Condition(
        windows=(Window(22 * 60, 6 * 60, "Europe/Berlin"),),
        weekdays=(1, 5),
        prompt_over=PromptOver(200_000, inclusive=True),
    )
    assert len(curated.rules["rocket-latest"]) == 3
    assert "rocket-latest" not in curated.factors


def test_a_batch_factor_halves_what_the_file_says() -> None:
    quoted = read_file("acme", GOOD.encode()).find("rocket-2", TODAY)
    assert quoted is not None
    tiers: list[Tier] = ["standard", "batch"]
    costs = [
        evaluate(
            quoted.rules,
            "input_token",
            Circumstances(datetime(2026, 11, 3, 12, tzinfo=UTC), tier=tier),
            quoted.factors,
        )
        for tier in tiers
    ]
    assert [cost.usd for cost in costs if cost is not None] == [Decimal("0.00000014"), Decimal("0.00000007")]


def test_an_expired_file_counts_less() -> None:
    """F18: nobody has looked at the page for too long."""
    curated = read_file("acme", GOOD.encode())
    found = [curated.find("rocket-2", day) for day in (date(2027, 1, 1), date(2027, 1, 2))]
    assert [quoted.standing for quoted in found if quoted is not None] == ["curated", "expired"]
    assert curated.find("rocket-3", TODAY) is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"0.14"', "0.14", "price"),
        ('"0.14"', '"-1"', "above 0"),
        ('"0.14"', '"0"', "above 0"),
        ('"0.14"', '"1,50"', "above 0"),
        ("input_token =", "prompt =", "'prompt' is no unit"),
        ('per = "1K searches"', 'per = "1M tokens"', "cannot be priced per"),
        ('"22:00-06:00"', '"22-6"', "hours '22-6'"),
        ("Europe/Berlin", "Europe/Nowhere", "zone 'Europe/Nowhere'"),
        ("weekdays = [1, 5]", "weekdays = [0]", "weekdays"),
        ("rank = 1", "rank = 0", "hold at once with rank 0"),
        ("https://acme.example/pricing", "acme", "source"),
        ("expires = 2027-01-01", "expires = 2026-09-01", "is not after read"),
        ('tier = "batch"', 'tier = "cheap"', "tier"),
        ('factor = "0.5"', 'factor = "0"', "above 0"),
        ('ids = ["rocket-2"]\ntier', 'ids = ["rocket-9"]\ntier', "'rocket-9' has no price"),
        ("inclusive = true", "until = 2026-09-01T00:00:00", "has no zone"),
        ("inclusive = true", "inclusiv = true", "inclusiv"),
        ("[[factor]]", "[[factor", "docs/prices.md"),
    ],
)
def test_a_fault_is_refused_with_its_place(before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(Misconfigured, match=re.escape(said)) as caught:
        read_file("acme", GOOD.replace(before, after).encode())
    assert str(caught.value).startswith("prices/acme.toml")


@pytest.mark.parametrize("slug", bundled())
def test_every_bundled_file_is_sound_and_of_a_declared_provider(slug: str) -> None:
    """F18: an invalid file fails here, with its place; one that has expired does not."""
    curated = bundled()[slug]
    assert curated.rules
    assert slug in declared()
    assert curated.read <= datetime.now(UTC).date()


def test_what_varies_or_is_free_needs_no_per() -> None:
    said = GOOD.replace('{ amount = "10", per = "1K searches" }', '"varies"')
    varying = read_file("acme", said.encode()).rules["rocket-2"][2]
    assert (varying.state, varying.amount, varying.per) == ("varying", None, "search")


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 1), None),
        (date(2026, 12, 2), "prices/acme.toml expires on 2027-01-01, in 30 days: read https://acme.example/"),
        (date(2027, 1, 1), "prices/acme.toml expires on 2027-01-01, in 0 days: read https://acme.example/"),
        (date(2027, 1, 2), "prices/acme.toml expired on 2027-01-01, so references count more: read https://"),
    ],
)
def test_what_expires_is_named_with_what_to_do(today: date, said: str | None) -> None:
    """F18: a month ahead, and from then on."""
    found = list(expiring({"acme": read_file("acme", GOOD.encode())}, today))
    assert [each.startswith(said or "?") for each in found] == [True] * (said is not None)


def test_the_first_to_expire_is_named_first() -> None:
    late = read_file("late", GOOD.encode())
    soon = read_file("soon", GOOD.replace("2027-01-01", "2026-12-01").encode())
    found = list(expiring({"late": late, "soon": soon}, date(2027, 1, 1)))
    assert [each.split(".")[0] for each in found] == ["prices/soon", "prices/late"]


@pytest.mark.parametrize(
    ("at", "usd_per_million"),
    [
        ("2026-05-01T02:00", "0.14"),
        ("2026-08-16T20:00", "0.22"),
        ("2026-08-20T02:00", "0.44"),  # Thursday
        ("2026-08-23T02:00", "0.22"),  # the first Sunday without a peak
        ("2026-08-22T02:00", "0.44"),  # the last Saturday with one
        ("2026-10-03T02:00", "0.15"),  # Saturday
        ("2026-10-05T02:00", "0.30"),  # Monday
        ("2026-10-05T12:00", "0.15"),
    ],
)
def test_deepseek_by_the_hour(at: str, usd_per_million: str) -> None:
    quoted = bundled()["deepseek"].find("deepseek-v4-flash", TODAY)
    assert quoted is not None
    cost = evaluate(
        quoted.rules, "input_token", Circumstances(datetime.fromisoformat(at).replace(tzinfo=UTC))
    )
    assert cost is not None
    assert cost.usd == Decimal(usd_per_million) / 1_000_000


def test_an_operator_may_keep_files_of_his_own(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(GOOD)
    (tmp_path / "deepseek.toml").write_text(GOOD)
    found = with_own(tmp_path)
    assert found["acme"].name == "curated:acme@2026-10-01"
    assert found["deepseek"].name == "curated:deepseek@2026-10-01"
    assert with_own(tmp_path / "none") == bundled()


def test_an_own_file_with_a_fault_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text("x = 1")
    with pytest.raises(Misconfigured, match=r"prices/acme\.toml"):
        with_own(tmp_path)
