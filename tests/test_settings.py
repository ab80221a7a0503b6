"""Settings are read from variables, checked at start, and named when they cannot be."""

from datetime import timedelta
from pathlib import Path

import pytest

from modelatlas.domain.errors import Misconfigured
from modelatlas.settings import DEFAULTS, environment, read

BLOCK = """
# Automatic pricing sync
PRICING_SYNC_ENABLED=true

PRICING_SYNC_PROVIDERS=openrouter,featherless,nearai,alibaba-cloud
PRICING_SYNC_INTERVAL_HOURS=6   # every six hours
MODEL_CATALOG_SOURCE=live
"""


def test_without_any_variable_the_defaults_hold(tmp_path: Path) -> None:
    settings = read({"MODELATLAS_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'modelatlas.sqlite'}"
    assert settings.ttl == timedelta(hours=1)
    assert settings.sync_providers == ("openrouter", "featherless", "nearai", "alibaba-cloud")
    assert (settings.host, settings.port, settings.via, settings.admin_keys) == ("127.0.0.1", 8080, None, ())


def test_an_empty_variable_is_an_unset_one() -> None:
    """F30: an empty value must not rewrite what a default says."""
    assert read(dict.fromkeys(DEFAULTS, " ")).sync_providers == read({}).sync_providers


def test_the_demo_has_a_data_folder_of_its_own(tmp_path: Path) -> None:
    assert read({"MODELATLAS_HOME": str(tmp_path)}, simulated=True).home == tmp_path / "demo"


def test_a_block_of_an_env_file_is_read_and_the_environment_overrules_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(BLOCK, encoding="utf-8")
    monkeypatch.delenv("PRICING_SYNC_PROVIDERS", raising=False)
    monkeypatch.setenv("PRICING_SYNC_INTERVAL_HOURS", "12")
    settings = read(environment(tmp_path))
    assert settings.sync_providers == ("openrouter", "featherless", "nearai", "alibaba-cloud")
    assert settings.sync_interval == timedelta(hours=12)


def test_two_admin_keys_can_be_valid_while_one_is_being_changed() -> None:
    assert read({"ADMIN_API_KEY": "old, new"}).admin_keys == ("old", "new")


def test_a_list_over_several_lines_is_one_list() -> None:
    assert read({"PRICING_SYNC_PROVIDERS": "openrouter,\n groq"}).sync_providers == ("openrouter", "groq")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("CATALOG_TTL_SECONDS", "0"),
        ("CATALOG_TTL_SECONDS", "nan"),
        ("PRICING_SYNC_INTERVAL_HOURS", "-6"),
        ("PRICING_SYNC_ENABLED", "perhaps"),
    ],
)
def test_what_cannot_be_is_refused_at_start_with_its_name_and_value(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=rf"{name}='{value}': expected"):
        read({name: value})
