"""`modelatlas.cost` in a program of one's own: the answers of the service, no IO before it is asked for."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import modelatlas
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition as When
from modelatlas.domain.price import Factor, Rule, usd
from modelatlas.flows.lookup import Lookup

PEAK = datetime(2026, 10, 5, 2, tzinfo=UTC)
USAGE = {"prompt_tokens": 1_000_000, "completion_tokens": 500, "prompt_tokens_details": {"cached_tokens": 0}}
ROCKET = Listing(
    "acme",
    "rocket-2",
    prices=(usd("input_token", "3", per="1M tokens"), usd("output_token", "15", per="1M tokens")),
    factors=(Factor(Decimal("0.5"), when=When(tier="batch")),),
)


@pytest.fixture(scope="module")
def prices() -> Lookup:
    return modelatlas.load_prices()


def test_a_usage_is_priced_as_the_service_does(prices: Lookup) -> None:
    found = modelatlas.cost(USAGE, ("deepseek-ai", "deepseek-v4-flash"), prices=prices, at=PEAK)
    assert found.bill.usd == Decimal("0.3006")
    assert (found.usage.api, found.usage.cached, found.tier) == ("chat completions", "included", "standard")
    assert [(line.unit, line.usd) for line in found.bill.lines] == [
        ("input_token", Decimal("0.3")),
        ("output_token", Decimal("0.0006")),
    ]


def test_the_instant_is_now_unless_it_is_said(prices: Lookup) -> None:
    before = datetime.now(UTC)
    found = modelatlas.cost(USAGE, ("openai", "gpt-4o"), prices=prices)
    assert before <= found.priced.at <= datetime.now(UTC)
    with pytest.raises(BadRequest, match="expected an instant with a zone"):
        modelatlas.cost(USAGE, ROCKET, at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_listing_brings_its_prices_along() -> None:
    assert modelatlas.cost(USAGE, ROCKET, at=PEAK).bill.usd == Decimal("3.0075")
    assert modelatlas.cost(USAGE, ROCKET, at=PEAK, tier="batch").bill.usd == Decimal("1.50375")


def test_what_is_not_known_is_none_with_the_reason(prices: Lookup) -> None:
    """F8: never 0."""
    nobody = modelatlas.cost(USAGE, ("nobody", "x"), prices=prices, at=PEAK)
    bare = modelatlas.cost(USAGE, Listing("acme", "comet"), at=PEAK)
    varying = modelatlas.cost(
        USAGE, Listing("acme", "any", prices=(Rule("input_token", "varying"),)), at=PEAK
    )
    assert [each.bill.usd for each in (nobody, bare, varying)] == [None, None, None]
    assert nobody.bill.reasons[0].startswith("unknown_provider")
    assert bare.bill.reasons[0].startswith("no_price")
    assert varying.bill.reasons == ("the price of input_token varies", "output_token has no price")


def test_a_provider_and_an_id_need_prices() -> None:
    with pytest.raises(BadRequest, match=r"expected prices=modelatlas\.load_prices\(\), or a listing"):
        modelatlas.cost(USAGE, ("openai", "gpt-4o"))


def test_with_settings_the_store_and_the_operators_files_are_asked_too(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "groq.toml").write_text(
        'source = "https://acme.example/"\nread = 2026-01-01\nexpires = 2099-01-01\n\n'
        '[[price]]\nids = ["rocket"]\nprices = { input_token = "7", output_token = "free" }\n',
        encoding="utf-8",
    )
    loaded = modelatlas.load_prices({"MODELATLAS_HOME": str(tmp_path), "PRICE_REFERENCES": "genai-prices"})
    found = modelatlas.cost(USAGE, ("groq", "rocket"), prices=loaded, at=PEAK)
    assert found.bill.usd == Decimal(7)


def test_importing_reads_nothing_and_loads_little() -> None:
    """No file is opened but those of modules, and none of what is heavy is imported."""
    program = (
        "import json, sys, modelatlas\n"
        "from modelatlas import cost\n"
        "from modelatlas.domain.listing import Listing\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "cost({'prompt_tokens': 1}, Listing('acme', 'rocket'))\n"
        "print(json.dumps([opened, sorted(sys.modules)]))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    opened, modules = json.loads(ran.stdout)
    assert opened == []
    heavy = {"genai_prices", "sqlalchemy", "httpx2", "starlette", "dbos", "typer", "modelatlas.providers"}
    assert not heavy & set(modules)


def test_the_package_alone_imports_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import modelatlas; print(sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "['modelatlas']"
    with pytest.raises(AttributeError, match="no attribute 'price'"):
        modelatlas.price  # type: ignore[attr-defined]  # noqa: B018
