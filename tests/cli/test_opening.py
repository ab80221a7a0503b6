"""How a command comes to its settings, and where its log goes."""

import pytest
import structlog

from modelatlas.cli.opening import log_to_stderr, settings_via

KEYED = {"GROQ_API_KEY": "a secret of mine"}


def test_through_a_simulator_every_provider_counts_as_having_the_key_demo() -> None:
    """No real key is even handed on."""
    for settings in (
        settings_via(KEYED, "http://127.0.0.1:9"),
        settings_via({**KEYED, "PROVIDERS_VIA": "http://127.0.0.1:9"}, None),
    ):
        assert settings.keys["GROQ_API_KEY"] == settings.keys["TOGETHER_API_KEY"] == "demo"


def test_without_a_simulator_keys_are_those_of_the_environment() -> None:
    settings = settings_via(KEYED, None)
    assert settings.keys["GROQ_API_KEY"] == "a secret of mine"
    assert "TOGETHER_API_KEY" not in settings.keys


def test_a_fault_is_logged_without_the_values_that_stood_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Keys are among them, and whole catalogs."""
    log_to_stderr()
    try:
        fails("a secret " + "of mine")
    except ZeroDivisionError:
        structlog.get_logger().exception("a request failed", path="/models")
    told = capsys.readouterr().err
    assert "a secret of mine" not in told
    for expected in ("a request failed", "/models", "in fails", "ZeroDivisionError: division by zero"):
        assert expected in told


def fails(key: str) -> float:
    return len(key) / 0
