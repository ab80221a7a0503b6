"""The table of all routes, in the order in which they are tried."""

from typing import Final

from modelatlas.views.catalog_models import CatalogModelsAnswer, ModelAnswer
from modelatlas.views.costs import CostAnswer, CostBatch, CostQuestion, CostsAnswer
from modelatlas.views.discrepancies import DiscrepanciesAnswer
from modelatlas.views.models_answer import ModelsAnswer
from modelatlas.views.one_listing import ListingAnswer
from modelatlas.views.providers import ProvidersAnswer, ProviderView
from modelatlas.views.questions import QuestionsAnswer, ResolveAnswer
from modelatlas.views.runs import PlansAnswer, RunsAnswer, RunView, SyncProvidersAnswer, SyncStatusAnswer
from modelatlas.web import admin, catalog, costs, health, models, pages, providers
from modelatlas.web.route import Route

ROUTES: Final = (
    Route("GET", "/", "What this is, how it is doing, and where to go.", pages.start, "text/html"),
    Route("GET", "/docs", "This document as a page.", pages.docs, "text/html"),
    Route("GET", "/openapi.json", "This document (OpenAPI 3.1).", pages.openapi, "application/json"),
    Route("GET", "/health", "The process is up.", health.health, health.Health),
    Route("GET", "/ready", "There is a catalog with listings.", health.ready, health.Ready, errors=(503,)),
    Route(
        "GET",
        "/models",
        "The listings that answer a question; without a question, all of them.",
        models.models,
        ModelsAnswer,
        models.ModelsParameters,
        statuses=(200, 304),
    ),
    Route(
        "GET",
        "/models/{provider}/{id:path}",
        "One listing, with the source of each price.",
        models.listing_at,
        ListingAnswer,
        statuses=(200, 304),
        errors=(404,),
    ),
    Route(
        "GET",
        "/models/{provider}",
        "One listing, for an id that does not fit into a path.",
        models.listing_named,
        ListingAnswer,
        models.ListingParameters,
        statuses=(200, 304),
        errors=(404,),
    ),
    Route(
        "GET",
        "/catalog/models",
        "Models whoever serves them, with what each unit costs from the cheapest offer to the dearest.",
        catalog.catalog_models,
        CatalogModelsAnswer,
        catalog.CatalogParameters,
        statuses=(200, 304),
    ),
    Route(
        "GET",
        "/catalog/models/{lab}/{name:path}",
        "One model with all its offers and variants, and why each is of this model.",
        catalog.catalog_model,
        ModelAnswer,
        statuses=(200, 304),
        errors=(404,),
    ),
    Route(
        "GET",
        "/resolve",
        "Which model a listing is, with the evidence.",
        catalog.resolve,
        ResolveAnswer,
        catalog.ResolveParameters,
        statuses=(200, 304),
    ),
    Route(
        "GET",
        "/unmatched",
        "Listings that are of no known model, or whose match is contradicted, the largest groups first.",
        catalog.unmatched,
        QuestionsAnswer,
        catalog.UnmatchedParameters,
        statuses=(200, 304),
    ),
    Route(
        "GET",
        "/providers",
        "Every provider: what is held of it, how the last fetch went, what it needs.",
        providers.providers,
        ProvidersAnswer,
    ),
    Route("GET", "/providers/{slug}", "One provider.", providers.provider, ProviderView, errors=(404,)),
    Route(
        "GET",
        "/discrepancies",
        "Why live and stored differ: totals, reasons, and the listings one by one.",
        providers.discrepancies,
        DiscrepanciesAnswer,
        providers.PageParameters,
    ),
    Route(
        "GET",
        "/discrepancies/{provider}",
        "Why live and stored differ at one provider.",
        providers.discrepancies_of,
        DiscrepanciesAnswer,
        providers.PageParameters,
        errors=(404,),
    ),
    Route(
        "POST",
        "/cost",
        "What one usage costs, or many: a line for each unit, its source, and the exact total.",
        costs.cost,
        CostAnswer | CostsAnswer,
        errors=(413, 429),
        body=CostQuestion | CostBatch,
        asks=True,
    ),
    Route(
        "POST",
        "/admin/model-sync/all",
        "Sync every provider that is not retired, or say what that would write.",
        admin.sync_all,
        RunsAnswer | PlansAnswer,
        admin.SyncParameters,
        statuses=(202, 200),
    ),
    Route(
        "POST",
        "/admin/model-sync/provider/{slug}",
        "Sync one provider, or say what that would write.",
        admin.sync_one,
        RunsAnswer | PlansAnswer,
        admin.SyncParameters,
        statuses=(202, 200),
        errors=(404, 503),
    ),
    Route(
        "GET",
        "/admin/model-sync/providers",
        "Every provider with its last runs.",
        admin.sync_providers,
        SyncProvidersAnswer,
    ),
    Route(
        "GET",
        "/admin/model-sync/status",
        "What runs now, what ran last, whose sync is overdue.",
        admin.sync_status,
        SyncStatusAnswer,
    ),
    Route(
        "GET",
        "/admin/model-sync/runs",
        "The newest runs.",
        admin.sync_runs,
        RunsAnswer,
        admin.RunsParameters,
    ),
    Route("GET", "/admin/model-sync/runs/{id}", "One run.", admin.sync_run, RunView, errors=(404,)),
    Route(
        "POST",
        "/admin/refresh/{slug}",
        "Ask one provider for its list now.",
        admin.refresh,
        ProviderView,
        admin.RefreshParameters,
        statuses=(200, 202),
        errors=(404,),
    ),
    Route(
        "POST",
        "/admin/holds/{slug}/release",
        "Publish the shrunken list of a provider that was held back.",
        admin.release,
        ProviderView,
        errors=(404,),
    ),
)
"""A route that names more comes before the one that would also take its path (F51, a test)."""
