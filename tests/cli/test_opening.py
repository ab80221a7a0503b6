"""How a command comes to its settings."""

from modelatlas.cli.opening import settings_via

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
