"""Amazon Bedrock hosts models of others, region by region. It has three lists, and three offers of prices."""

import re

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers import aws_price_list
from modelatlas.providers.contract import (
    Bearer,
    Cursor,
    Field,
    FirstOf,
    ModelList,
    Provider,
    Reject,
    SigV4,
    Unfit,
)
from modelatlas.providers.fields import (
    count_text,
    flag,
    known_words,
    mapped,
    moment,
    paths,
    public_if,
    unix_date,
)

MODALITIES = {
    "TEXT": "text",
    "IMAGE": "image",
    "VIDEO": "video",
    "SPEECH": "audio",
    "EMBEDDING": "embeddings",
}

ONLY_PROFILES = ["INFERENCE_PROFILE"]

EXAMPLES = ((
    {"modelId": "acme.rocket-2-v1:0", "modelName": "Rocket 2", "providerName": "Acme",
     "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-2-v1:0",
     "inputModalities": ["TEXT", "IMAGE"], "outputModalities": ["TEXT"],
     "inferenceTypesSupported": ["ON_DEMAND"], "modelLifecycle": {
         "status": "LEGACY", "startOfLifeTime": "2026-08-05T00:00:00Z", "legacyTime": "2026-10-01T00:00:00Z",
         "endOfLifeTime": "2027-01-15T00:00:00Z"},
     "converse": {"maxTokensMaximum": 131072, "maxTokensDefault": None,
                  "reasoningSupported": {"embedded": True}}},
    Listing("amazon-bedrock", "acme.rocket-2-v1:0", name="Rocket 2", lab="Acme", mode="chat",
            status="deprecated", max_output_tokens=131072, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("reasoning",), released="2026-08-05T00:00:00Z",
            deprecated_at="2026-10-01T00:00:00Z", retires_at="2027-01-15T00:00:00Z"),
), (
    {"modelId": "acme.rocket-rerank-1", "outputModalities": ["TEXT"],
     "inferenceTypesSupported": ["INFERENCE_PROFILE"],
     "description": {"maxContextWindow": "163,840", "releaseDate": "2026-08-05T07:00:00Z"}},
    Listing("amazon-bedrock", "acme.rocket-rerank-1", mode="rerank", status="inactive", context_tokens=163840,
            output_modalities=("text",), released="2026-08-05T07:00:00Z"),
), (
    {"modelId": "acme.rocket-2:0:18k", "inferenceTypesSupported": []},
    Rejected("amazon-bedrock", "acme.rocket-2:0:18k", "not_on_demand", "modelId is acme.rocket-2:0:18k"),
), (
    {"modelId": "acme.rocket-1:0", "inferenceTypesSupported": ["PROVISIONED"]},
    Rejected("amazon-bedrock", "acme.rocket-1:0", "not_on_demand",
             'inferenceTypesSupported is ["PROVISIONED"]'),
))  # fmt: skip

MANTLE_EXAMPLES = ((
    {"id": "acme.rocket-2-v1:0", "object": "model", "created": 1785888000, "owned_by": "system",
     "status": "available", "data_retention": {"mode": "default"}},
    Listing("amazon-bedrock", "acme.rocket-2-v1:0", released="2026-08-05"),
),)  # fmt: skip

PROFILE_EXAMPLES = ((
    {"inferenceProfileId": "us.acme.rocket-2-v1:0", "inferenceProfileName": "US Rocket 2",
     "description": "Routes requests to Rocket 2.", "createdAt": "2026-08-05T00:00:00Z",
     "updatedAt": "2026-08-06T00:00:00Z", "status": "ACTIVE", "type": "SYSTEM_DEFINED",
     "inferenceProfileArn": "arn:aws:bedrock:us-east-1:012345678901:inference-profile/us.acme.rocket-2-v1:0",
     "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-2-v1:0"},
                {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/acme.rocket-2-v1:0"}]},
    Listing("amazon-bedrock", "us.acme.rocket-2-v1:0", name="US Rocket 2",
            canonical_id="acme.rocket-2-v1:0"),
), (
    {"inferenceProfileId": "rocket0123456", "type": "APPLICATION", "status": "ACTIVE", "models": [
        {"modelArn": "arn:aws:bedrock:us-east-1:012345678901:custom-model/acme/0123456789ab"}]},
    Listing("amazon-bedrock", "rocket0123456", visibility="account"),
))  # fmt: skip


def window(value: object) -> int | None:
    """Read a context window written out, as `163,840`; `200K` and `1M` are rounded and say no number."""
    rounded = isinstance(value, str) and re.fullmatch(r"[0-9.]+[KkMm]", value) is not None
    return None if rounded else count_text(value)


def base_model(value: object) -> str | None:
    """Read the one foundation model that the ARNs name; other ARNs hold the number of an account."""
    said = value if isinstance(value, list) else [None]
    arns = [each.get("modelArn") if isinstance(each, dict) else None for each in said]
    ids: set[str | None] = set()
    for arn in arns:
        if not isinstance(arn, str):
            raise Unfit("expected a list of models, each with its ARN")
        found = re.fullmatch(r"arn:[a-z-]+:bedrock:[a-z0-9-]*::foundation-model/(.+)", arn)
        ids.add(found[1] if found else None)
    return next(iter(ids)) if len(ids) == 1 else None


MODELS = ModelList(
    url="https://bedrock.{AWS_REGION=us-east-1}.amazonaws.com/foundation-models",
    entries="modelSummaries",
    id="modelId",
    # Ids with a third part, and those that are for capacity of one's own only, have no price per token.
    reject=(
        Reject("not_on_demand", "modelId", lambda id_: isinstance(id_, str) and id_.count(":") > 1),
        Reject("not_on_demand", "inferenceTypesSupported", lambda types: types == ["PROVISIONED"]),
    ),
    fields={
        "name": "modelName",
        "lab": "providerName",
        "mode": Field("modelId", lambda id_: "rerank" if "rerank" in id_ else None),
        # Some answer to the ids of their profiles only: under their own they are not served.
        "status": Field(
            "inferenceTypesSupported", lambda types: "inactive" if types == ONLY_PROFILES else None
        )
        | mapped("modelLifecycle.status", {"ACTIVE": "active", "LEGACY": "deprecated"}),
        "max_output_tokens": "converse.maxTokensMaximum",
        "input_modalities": known_words("inputModalities", MODALITIES),
        "output_modalities": known_words("outputModalities", MODALITIES),
        "supported_parameters": flag("converse.reasoningSupported.embedded", true=("reasoning",)),
        "context_tokens": Field("description.maxContextWindow", window),
        "released": Field("modelLifecycle.startOfLifeTime", moment)
        | Field("description.releaseDate", moment),
        "deprecated_at": "modelLifecycle.legacyTime",
        "retires_at": "modelLifecycle.endOfLifeTime",
    },
    unpriced="no offer of the AWS Price List names it",
    ignored=paths(
        "modelArn modelFamily batchSupported consoleIDEMetadata customizationsSupported "
        "explicitPromptCaching featuresSupported guardrailsSupported intelligentPromptRouting "
        "latencyOptimizationSupported responseStreamingSupported modelLifecycle.publicExtendedAccessTime "
        "converse.additionalRequestFieldsSchema converse.maxTokensDefault "
        "converse.stopSequencesDefault converse.systemRoleSupported converse.userDocumentTypesSupported "
        "converse.userImageTypesSupported converse.userVideoTypesSupported description.fullDescription "
        "description.shortDescription description.modelAttributes description.supportedLanguages "
        "description.version description.supportedUseCases description.unsupportedUseCases "
        "description.invokeExample description.policy description.supportedFormats"
    ),
    examples=EXAMPLES,
)

KEY = Bearer("AWS_BEARER_TOKEN_BEDROCK")

MANTLE = ModelList(
    name="mantle",
    # The service that calls are signed for is read from public clients (2026-10).
    auth=FirstOf((KEY, SigV4("bedrock-mantle"))),
    url="https://bedrock-mantle.{AWS_REGION=us-east-1}.api.aws/v1/models",
    fields={"status": mapped("status", {"available": "active"}), "released": unix_date("created")},
    unpriced="no offer of the AWS Price List names it",
    ignored=paths("object owned_by data_retention"),
    examples=MANTLE_EXAMPLES,
)

PROFILES = ModelList(
    name="profiles",
    # An id to call a model by: many models answer to none but these (documented 2026-10).
    url="https://bedrock.{AWS_REGION=us-east-1}.amazonaws.com/inference-profiles",
    params={"type": "SYSTEM_DEFINED"},  # the others are the account's
    paging=Cursor("nextToken", next="nextToken", size_param="maxResults", size=1000),
    entries="inferenceProfileSummaries",
    id="inferenceProfileId",
    based=True,
    fields={
        "name": "inferenceProfileName",
        "status": mapped("status", {"ACTIVE": "active"}),
        "canonical_id": Field("models", base_model),  # the id of the list before, in every region the same
        "visibility": public_if("type", "SYSTEM_DEFINED"),
    },
    unpriced="no offer of the AWS Price List names it",
    # The ARN holds the number of the account; the dates are those of the profile.
    ignored=paths("inferenceProfileArn description createdAt updatedAt"),
    examples=PROFILE_EXAMPLES,
)

PROVIDER = Provider(
    slug="amazon-bedrock",
    name="Amazon Bedrock",
    kind="host",
    docs="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html",
    evidence="recorded 2026-02-19, mantle 2026-08-19; profiles documented 2026-10, prices inferred 2026-11",
    auth=FirstOf((KEY, SigV4("bedrock"))),
    aliases=("bedrock", "aws-bedrock", "bedrock_converse", "bedrock-mantle", "aws-mantle"),
    private=(r"^arn:",),  # custom, imported and provisioned models: all are named by an account's ARN
    lists=(MODELS, PROFILES, MANTLE, aws_price_list.BEDROCK, aws_price_list.SERVICE, aws_price_list.MODELS),
)
