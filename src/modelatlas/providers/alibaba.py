"""Alibaba makes Qwen and hosts it beside others. It prices as text in a unit that each price names."""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, usd
from modelatlas.providers.contract import Bearer, ModelList, PageNumber, Provider
from modelatlas.providers.fields import day_text, first_known, known_words, paths
from modelatlas.providers.ranges import ranged_prices

FEATURES = {"function-calling": "tools", "structured-outputs": "structured_outputs"}
MODALITIES = {"Text": "text", "Image": "image", "Video": "video", "Audio": "audio"}

EXAMPLES = ((
    {"model": "rocket-2-max", "name": "Rocket-2-Max", "provider": "acme",
     "capabilities": ["TG", "Reasoning"], "published_time": "2026-08-05 10:00:00",
     "features": ["function-calling"],
     "inference_metadata": {"request_modality": ["Text", "Image"], "response_modality": ["Text"]},
     "model_info": {"context_window": 131072, "max_output_tokens": 32768},
     "prices": [{"range_name": "Default", "prices": [
         {"type": "input_token", "price": "1.2", "price_unit": "Per 1M tokens"},
         {"type": "output_token", "price": "6", "price_unit": "Per 1M tokens", "time_band": "standard"},
         {"type": "input_token_batch", "price": "0.6", "price_unit": "Per 1M tokens"},
         {"type": "image_number", "price": "0.04", "price_unit": "per image"}]}]},
    Listing("alibaba", "rocket-2-max", name="Rocket-2-Max", lab="acme", mode="chat",
            context_tokens=131072, max_output_tokens=32768, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("reasoning", "tools"),
            released="2026-08-05", prices=(
                usd("input_token", "0.0000012"), usd("output_token", "0.000006"),
                replace(usd("input_token", "0.0000006"), when=Condition(tier="batch")),
                usd("output_image", "0.04", per="image"))),
), (
    {"model": "rocket-2-long", "prices": [
        {"range_name": "32k<Input<=128k", "prices": [
            {"type": "input_token", "price": "2.4", "price_unit": "Per 1M tokens"}]},
        {"range_name": "Input<=32k", "prices": [
            {"type": "input_token", "price": "1.2", "price_unit": "Per 1M tokens"},
            {"type": "input_token_cache", "price": "0.2", "price_unit": "Per 1M tokens",
             "time_band": "night"}]},
        {"range_name": "Default", "prices": [
            {"type": "output_token", "price": "8", "price_unit": "每百万tokens"}]}]},
    Listing("alibaba", "rocket-2-long", prices=(
        usd("input_token", "0.0000012"),
        replace(usd("input_token", "0.0000024"), when=Condition(prompt_over=PromptOver(32000)), rank=1))),
))  # fmt: skip


MODELS = ModelList(
    url="https://dashscope-intl.aliyuncs.com/api/v1/models",
    params={"language": "en-US"},
    paging=PageNumber("page_no", "page_size", size=100, total="output.total"),
    entries="output.models",
    id="model",
    fields={
        "name": "name",
        "lab": "provider",
        "mode": first_known("capabilities", {"TG": "chat", "VU": "chat", "IG": "image"}, otherwise="other"),
        "context_tokens": "model_info.context_window",
        "max_output_tokens": "model_info.max_output_tokens",
        "input_modalities": known_words("inference_metadata.request_modality", MODALITIES),
        "output_modalities": known_words("inference_metadata.response_modality", MODALITIES),
        "supported_parameters": known_words("features", FEATURES)
        | known_words("capabilities", {"Reasoning": "reasoning"}),
        "released": day_text("published_time"),
    },
    quirk=ranged_prices,
    quirk_paths=paths("prices"),
    unpriced="not said, or only under conditions",
    ignored=paths(
        "description inference_provider source opensource model_info.max_input_tokens "
        "model_info.max_reasoning_tokens model_info.reasoning_max_output_tokens"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="alibaba",
    name="Alibaba Cloud Model Studio",
    kind="host",
    docs="https://www.alibabacloud.com/help/en/model-studio/list-models",
    evidence="documented 2026-09, never recorded",
    auth=Bearer("DASHSCOPE_API_KEY"),
    aliases=("alibaba-cloud", "dashscope", "model-studio"),
    lists=(MODELS,),
)
