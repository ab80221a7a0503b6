"""Amazon Bedrock hosts models of others, region by region. It has two lists; prices are in three offers."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers import aws_price_list
from modelatlas.providers.contract import Bearer, Field, FirstOf, ModelList, Provider, Reject, SigV4
from modelatlas.providers.fields import known_words, mapped, paths, unix_date

MODALITIES = {
    "TEXT": "text",
    "IMAGE": "image",
    "VIDEO": "video",
    "SPEECH": "audio",
    "EMBEDDING": "embeddings",
}

EXAMPLES = ((
    {"modelId": "acme.rocket-2-v1:0", "modelName": "Rocket 2", "providerName": "Acme",
     "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-2-v1:0",
     "inputModalities": ["TEXT", "IMAGE"], "outputModalities": ["TEXT"],
     "inferenceTypesSupported": ["ON_DEMAND"], "modelLifecycle": {
         "status": "LEGACY", "startOfLifeTime": "2026-08-05T00:00:00Z", "legacyTime": "2026-10-01T00:00:00Z",
         "endOfLifeTime": "2027-01-15T00:00:00Z"},
     "converse": {"maxTokensMaximum": 131072, "maxTokensDefault": None, "reasoningSupported": None}},
    Listing("amazon-bedrock", "acme.rocket-2-v1:0", name="Rocket 2", lab="Acme", mode="chat",
            status="deprecated", max_output_tokens=131072, input_modalities=("image", "text"),
            output_modalities=("text",), released="2026-08-05T00:00:00Z",
            deprecated_at="2026-10-01T00:00:00Z", retires_at="2027-01-15T00:00:00Z"),
), (
    {"modelId": "acme.rocket-rerank-1", "outputModalities": ["TEXT"],
     "inferenceTypesSupported": ["INFERENCE_PROFILE"]},
    Listing("amazon-bedrock", "acme.rocket-rerank-1", mode="rerank", output_modalities=("text",)),
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
        "status": mapped("modelLifecycle.status", {"ACTIVE": "active", "LEGACY": "deprecated"}),
        "max_output_tokens": "converse.maxTokensMaximum",
        "input_modalities": known_words("inputModalities", MODALITIES),
        "output_modalities": known_words("outputModalities", MODALITIES),
        "released": "modelLifecycle.startOfLifeTime",
        "deprecated_at": "modelLifecycle.legacyTime",
        "retires_at": "modelLifecycle.endOfLifeTime",
    },
    unpriced="no offer of the AWS Price List names it",
    ignored=paths(
        "modelArn modelFamily description batchSupported consoleIDEMetadata customizationsSupported "
        "explicitPromptCaching featuresSupported guardrailsSupported intelligentPromptRouting "
        "latencyOptimizationSupported responseStreamingSupported modelLifecycle.publicExtendedAccessTime "
        "converse.additionalRequestFieldsSchema converse.maxTokensDefault converse.reasoningSupported "
        "converse.stopSequencesDefault converse.systemRoleSupported converse.userDocumentTypesSupported "
        "converse.userImageTypesSupported converse.userVideoTypesSupported"
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

PROVIDER = Provider(
    slug="amazon-bedrock",
    name="Amazon Bedrock",
    kind="host",
    docs="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html",
    evidence="recorded 2026-02-19, the list mantle 2026-08-19; dates are documented, prices inferred 2026-11",
    auth=FirstOf((KEY, SigV4("bedrock"))),
    aliases=("bedrock", "aws-bedrock"),
    lists=(MODELS, MANTLE, aws_price_list.BEDROCK, aws_price_list.SERVICE, aws_price_list.MODELS),
)
