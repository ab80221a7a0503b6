"""Lists beside a provider's first one: joined by id, in the shapes that the payloads have."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.pages import first, following
from modelatlas.providers.assembling import read_list, read_snapshot
from modelatlas.providers.contract import ModelList
from modelatlas.providers.recording import recording
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.short import said

ACCOUNT = "012345678901"
FOUNDATION = "arn:aws:bedrock:us-east-1::foundation-model"


def read(slug: str, **payloads: Any) -> Snapshot:
    return read_snapshot(
        declared()[slug], {name: [json.dumps(sent).encode()] for name, sent in payloads.items()}, NOON
    )


def list_of(slug: str, name: str) -> ModelList:
    found = declared()[slug].list_named(name)
    assert found is not None
    return found


def profile(id_: str, *arns: str, **more: str) -> Mapping[str, Any]:
    own = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{id_}"
    models = [{"modelArn": arn} for arn in arns]
    return {"inferenceProfileId": id_, "inferenceProfileArn": own, "models": models,
            "status": "ACTIVE", "type": "SYSTEM_DEFINED", **more}  # fmt: skip


def test_a_profile_of_bedrock_is_called_by_its_id_and_names_its_model_by_arn() -> None:
    """Its own id tells nothing: the base model is what the ARNs say, whatever stands before the name."""
    profiles = [
        profile("eu.rocket", f"{FOUNDATION}/acme.rocket-2-v1:0", f"{FOUNDATION}/acme.rocket-2-v1:0"),
        profile("global.acme.rocket-2-v1:0", "arn:aws:bedrock:::foundation-model/acme.rocket-2-v1:0"),
        profile("us.two", f"{FOUNDATION}/acme.a", f"{FOUNDATION}/acme.b"),
    ]
    models = [{"modelId": "acme.rocket-2-v1:0", "inferenceTypesSupported": ["INFERENCE_PROFILE"]}]
    found = read(
        "amazon-bedrock",
        models={"modelSummaries": models},
        profiles={"inferenceProfileSummaries": profiles},
    )
    assert {each.id: each.canonical_id for each in found.listings} == {
        "acme.rocket-2-v1:0": None,
        "eu.rocket": "acme.rocket-2-v1:0",
        "global.acme.rocket-2-v1:0": "acme.rocket-2-v1:0",
        "us.two": None,
    }
    assert not found.surprises


def test_a_model_that_only_profiles_lead_to_stands_under_their_ids_with_all_that_is_known_of_it() -> None:
    """Nobody answers to its own id; what the profile does not say of the model is what the model says."""
    models = [
        {"modelId": f"acme.rocket-{number}", "modelName": "Rocket", "providerName": "Acme",
         "outputModalities": ["TEXT"], "inferenceTypesSupported": types,
         "converse": {"maxTokensMaximum": 8192},
         "modelLifecycle": {"status": "LEGACY", "endOfLifeTime": "2027-01-15T00:00:00Z"}}
        for number, types in ((1, ["ON_DEMAND", "INFERENCE_PROFILE"]), (2, ["INFERENCE_PROFILE"]))
    ]  # fmt: skip
    profiles = [profile("us.acme.rocket-2", f"{FOUNDATION}/acme.rocket-2", inferenceProfileName="US Rocket")]
    found = read(
        "amazon-bedrock",
        models={"modelSummaries": models},
        profiles={"inferenceProfileSummaries": profiles},
    )
    listed = {each.id: each for each in found.listings}
    assert {id_: each.status for id_, each in listed.items()} == {
        "acme.rocket-1": "deprecated",
        "acme.rocket-2": "inactive",
        "us.acme.rocket-2": "active",
    }
    routed = listed["us.acme.rocket-2"]
    assert (routed.name, routed.lab, routed.mode, routed.max_output_tokens, routed.retires_at) == (
        "US Rocket",
        "Acme",
        "chat",
        8192,
        "2027-01-15T00:00:00Z",
    )


@pytest.mark.parametrize(
    "models",
    [
        [{"modelArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/acme/0123"}],
        [{"modelArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.acme.rocket"}],
        [{"modelArn": f"arn:aws-us-gov:bedrock:us-gov-west-1:{ACCOUNT}:provisioned-model/0123"}],
        [{"modelArn": f"{FOUNDATION}/acme.a"}, {"modelArn": f"arn:aws:bedrock::{ACCOUNT}:imported-model/b"}],
    ],
)
def test_no_number_of_an_account_is_kept(models: object) -> None:
    """F28: ARNs hold it, and profiles of the account may stand on any of its models."""
    own = {**profile("rocket0123", type="APPLICATION"), "models": models}
    found = read("amazon-bedrock", profiles={"inferenceProfileSummaries": [own]})
    assert [(each.id, each.visibility) for each in found.listings] == [("rocket0123", "account")]
    assert ACCOUNT not in repr(found)


def test_a_list_of_profiles_is_paged_by_its_token() -> None:
    of = list_of("amazon-bedrock", "profiles")
    start = first(of)
    assert "type=SYSTEM_DEFINED" in start.url
    page = {"inferenceProfileSummaries": [profile("us.a")], "nextToken": "abc"}
    after = following(of, start, page, {}, 10)
    assert after is not None
    assert "nextToken=abc" in after.url
    assert following(of, after, {"inferenceProfileSummaries": [profile("us.b")]}, {}, 10) is None


HOSTS = [
    {"provider": "fasthost", "providerId": "x", "status": "live", "task": "text-to-image"},
    {"provider": "oldhost", "providerId": "x", "status": "error", "task": "text-to-image"},
]


@pytest.mark.parametrize(
    "hosts",
    [HOSTS, {each["provider"]: {key: each[key] for key in each if key != "provider"} for each in HOSTS}],
    ids=["list", "object"],
)
def test_hosts_on_the_hub_are_read_from_a_list_and_from_an_object(hosts: object) -> None:
    found = read("huggingface", hub=[{"_id": "1", "id": "acme/Rocket", "inferenceProviderMapping": hosts}])
    assert [(each.id, each.mode) for each in found.listings] == [("acme/Rocket:fasthost", "image")]
    assert [(each.id, each.reason) for each in found.rejected] == [("acme/Rocket:oldhost", "not_served")]
    assert not found.surprises


def test_a_model_of_the_hub_without_hosts_is_no_offer() -> None:
    found = read("huggingface", hub=[{"id": "a/A", "inferenceProviderMapping": {}},
                                     {"id": "b/B", "inferenceProviderMapping": HOSTS[:1]}])  # fmt: skip
    assert [(each.id, each.reason) for each in found.rejected] == [("a/A", "no_offer")]


def test_the_hub_and_the_router_are_joined_by_model_and_host() -> None:
    router = {"id": "acme/Rocket", "providers": [
        {"provider": "fasthost", "status": "live", "pricing": {"input": 1, "output": 2}}]}  # fmt: skip
    hub = [{"id": "acme/Rocket", "inferenceProviderMapping": HOSTS[:1]},
           {"id": "acme/Paint", "inferenceProviderMapping": HOSTS[:1]}]  # fmt: skip
    found = read("huggingface", models={"data": [router]}, hub=hub)
    assert {each.id: said(each) for each in found.listings} == {
        "acme/Rocket:fasthost": {"input_token": Decimal("0.000001"), "output_token": Decimal("0.000002")},
        "acme/Paint:fasthost": {},
    }
    assert found.entries == 3


def test_the_hub_is_paged_by_its_link_header() -> None:
    of = list_of("huggingface", "hub")
    start = first(of)
    assert "inference_provider=all" in start.url
    assert "limit=500" in start.url
    link = {"link": '<https://huggingface.co/api/models?limit=500&cursor=abc>; rel="next"'}
    after = following(of, start, [{"id": "a/A"}], link, 10)
    assert after is not None
    assert after.url == "https://huggingface.co/api/models?limit=500&cursor=abc"
    assert following(of, after, [{"id": "b/B"}], {}, 10) is None


def test_the_example_of_the_hub_in_its_documentation_reads(shared: Path) -> None:
    """The page shows the answer for one model; a list holds such objects."""
    file = shared / "payloads" / "huggingface.hub-api.documented.json"
    answer = json.loads(file.read_text(encoding="utf-8"))["inferenceProviderMapping"]
    found = read("huggingface", hub=[answer])
    hosts = answer["inferenceProviderMapping"]
    assert [each.id for each in found.listings] == sorted(f"{answer['id']}:{host}" for host in hosts)
    assert {each.mode for each in found.listings} == {"chat"}
    assert (found.rejected, dict(found.surprises)) == ((), {})


def test_together_s_endpoints_tell_what_is_served_without_a_machine_of_one_s_own() -> None:
    models = [{"id": id_, "type": "chat"} for id_ in ("acme/a", "acme/b", "acme/c")]
    endpoints = [
        {"id": "endpoint-1", "model": "acme/a", "owner": "together", "state": "STARTED"},
        {"id": "endpoint-2", "model": "acme/b", "owner": "together", "state": "STOPPED"},
        {"id": "endpoint-3", "model": "acme/new", "owner": "together", "state": "STARTED"},
        {"id": "endpoint-4", "model": "acme-user/mine", "owner": "acme-user", "state": "STARTED"},
    ]
    found = read("together", models=models, endpoints={"data": endpoints})
    assert {each.id: (each.status, each.visibility) for each in found.listings} == {
        "acme/a": ("active", "public"),
        "acme/b": ("inactive", "public"),
        "acme/c": ("inactive", "public"),
        "acme/new": ("active", "public"),
        "acme-user/mine": ("active", "account"),
    }


def test_without_the_endpoints_nothing_is_said_of_what_together_serves() -> None:
    found = read("together", models=[{"id": "acme/a", "type": "chat"}])
    assert [each.status for each in found.listings] == ["active"]


def test_together_s_documented_endpoint_reads(shared: Path) -> None:
    file = shared / "payloads" / "together.documented.json"
    endpoints = json.loads(file.read_text(encoding="utf-8"))["endpoints"]
    found = read("together", endpoints=endpoints)
    assert [(each.id, each.status) for each in found.listings] == [("allenai/OLMo-7B", "active")]
    assert not found.surprises


def test_the_table_by_which_morpheus_bills_prices_its_models(shared: Path) -> None:
    """F1, F7: each amount is the text in the file for 1M tokens; what is not listed has no price."""
    payload = (shared / "payloads" / "morpheus.prices.json").read_bytes()
    table = json.loads(payload)["models"]
    rows = [{"id": id_, "modelType": "LLM"} for id_ in (*table, "never-seen")]
    found = read_snapshot(
        declared()["morpheus"],
        {"models": [json.dumps({"data": rows}).encode()], "prices": [payload]},
        NOON,
    )
    million = Decimal(1_000_000)
    assert {each.id: said(each) for each in found.listings} == {
        "never-seen": {},
        **{
            id_: {"input_token": Decimal(row["input"]) / million,
                  "output_token": Decimal(row["output"]) / million}
            for id_, row in table.items()
        },
    }  # fmt: skip
    assert (len(table), found.unread, dict(found.surprises)) == (82, (), {})


def test_a_recording_of_named_prices_is_an_object_again() -> None:
    provider, of = declared()["morpheus"], list_of("morpheus", "prices")
    sent = {"default": "0.50", "models": {"a": {"input": "1", "output": "2"}, "b": {"input": "1"}}}
    kept = json.loads(recording(provider, of, [json.dumps(sent).encode()], most=1))
    assert kept == {"default": "0.50", "models": {"a": {"input": "1", "output": "2"}}}


@pytest.mark.parametrize(
    ("slug", "list_name", "sent"),
    [
        (
            "amazon-bedrock",
            "models",
            {"modelSummaries": [{"modelId": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/a"}]},
        ),
        ("fireworks", "models", {"models": [{"name": f"accounts/{ACCOUNT}/models/a", "state": "UPLOADING"}]}),
    ],
)
def test_a_rejected_entry_of_the_account_has_no_name(
    slug: str, list_name: str, sent: dict[str, list[Any]]
) -> None:
    """F28: what is rejected is shown to everybody, with its reason."""
    of = list_of(slug, list_name)
    found = read_list(declared()[slug], of, sent[of.entries])
    assert [(each.id, each.detail) for each in found.rejected] == [
        (None, "an entry of the account behind the key")
    ]
    assert ACCOUNT not in repr(found)


@pytest.mark.parametrize(
    ("slug", "list_name", "entry"),
    [
        ("openai", "models", {"id": "ft:rocket-2:acme::0123"}),
        ("openai", "models", {"id": "rocket-1:ft-acme-2023-01-01"}),
        ("azure-openai", "models", {"id": "rocket-2.ft-0123456789abcdef"}),
        ("mistral", "models", {"id": "ft:rocket:0123:acme"}),
        ("mistral", "models", {"id": "rocket", "type": "fine-tuned"}),
        ("cohere", "models", {"name": "0123-ft", "finetuned": True}),
        ("google-ai-studio", "models", {"name": "tunedModels/acme-0123"}),
        ("amazon-bedrock", "mantle", {"id": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:provisioned-model/a"}),
        ("amazon-bedrock", "profiles", profile("rocket0123", type="APPLICATION")),
        ("fireworks", "models", {"name": "accounts/acme/models/rocket-2"}),
        ("fireworks", "callable", {"id": "accounts/acme/deployedModels/rocket-2"}),
        ("together", "models", {"id": "me@acme.example/Rocket-2-mine"}),
        ("together", "endpoints", {"model": "acme/Rocket-2-mine", "owner": "acme"}),
        ("replicate", "models", {"owner": "acme", "name": "rocket", "visibility": "private"}),
    ],
)
def test_what_belongs_to_the_account_is_marked(slug: str, list_name: str, entry: Mapping[str, Any]) -> None:
    """F28: and so it is kept out of every shared catalog."""
    of = list_of(slug, list_name)
    sent: Any = [entry]
    for key in reversed(of.entries.split(".") if of.entries else ()):
        sent = {key: sent}
    assert [each.visibility for each in read(slug, **{list_name: sent}).listings] == ["account"]
