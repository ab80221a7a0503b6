"""The routes of other tools' formats, and of pins."""

from typing import Final

from modelatlas.views.exports.formats import FORMATS, HISTORICAL_PATH
from modelatlas.views.exports.losses import FormatsAnswer, LossesAnswer
from modelatlas.views.exports.openrouter import PATH
from modelatlas.views.pins import PinsAnswer
from modelatlas.web import exports, openai_models, pins
from modelatlas.web.exports import ExportParameters, LossesParameters, export_of
from modelatlas.web.openai_models import EndpointsParameters, OpenRouterParameters
from modelatlas.web.route import Route

JSON: Final = "application/json"
KEPT: Final = (200, 304)
OWN_ROUTES: Final = frozenset({"openai", "openrouter"})
"""Formats whose routes take more than providers."""

EXPORTS: Final = (
    Route(
        "GET",
        "/v1/models",
        "OpenAI's list of models.",
        openai_models.openai_models,
        JSON,
        ExportParameters,
        statuses=KEPT,
    ),
    Route(
        "GET",
        "/v1/models/{id:path}",
        "One model of OpenAI's list.",
        openai_models.openai_model,
        JSON,
        ExportParameters,
        statuses=KEPT,
        errors=(404,),
    ),
    Route(
        "GET",
        PATH,
        "OpenRouter's list of models.",
        openai_models.openrouter_models,
        JSON,
        OpenRouterParameters,
        statuses=KEPT,
    ),
    Route(
        "GET",
        PATH + "/{id:path}/endpoints",
        "One model of OpenRouter's list, with all its offers.",
        openai_models.openrouter_endpoints,
        JSON,
        EndpointsParameters,
        statuses=KEPT,
        errors=(404,),
    ),
    *(
        Route(
            "GET",
            each.path,
            f"The catalog for {each.reader}.",
            export_of(each),
            each.media_type.partition(";")[0],
            ExportParameters,
            statuses=KEPT,
        )
        for each in FORMATS.values()
        if each.name not in OWN_ROUTES
    ),
    Route(
        "GET",
        HISTORICAL_PATH,
        "What listings cost from day to day, for llm-prices.",
        exports.llm_prices_historical,
        JSON,
        statuses=KEPT,
    ),
    Route("GET", "/exports", "All formats: where each is, and who reads it.", exports.exports, FormatsAnswer),
    Route(
        "GET",
        "/exports/{format}/losses",
        "What a format does not hold, and of which listing.",
        exports.losses,
        LossesAnswer,
        LossesParameters,
        errors=(404,),
    ),
    Route("GET", "/pins", "Exports that are kept under the hash of their bytes.", pins.pins, PinsAnswer),
    Route(
        "GET",
        "/pins/{hash}",
        "The bytes of one kept export, the same for ever.",
        pins.pin,
        JSON,
        statuses=KEPT,
        errors=(404,),
    ),
)
