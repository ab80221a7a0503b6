"""Up and ready are two things (F49)."""

from modelatlas import __version__
from tests.web.builders import FakeAtlas, client_of, decoded, small_world


async def test_the_process_is_up_before_it_has_anything_to_say() -> None:
    async with client_of(FakeAtlas()) as client:
        assert decoded(await client.get("/health")) == {
            "status": "ok",
            "version": __version__,
            "redis": {"state": "off", "since": None, "detail": ""},
        }
        response = await client.get("/ready")
        assert (response.status_code, decoded(response)["type"]) == (503, "/docs#unavailable")
        assert int(response.headers["retry-after"]) > 0
        assert decoded(await client.get("/models"))["total"] == 0


async def test_a_catalog_of_references_is_ready() -> None:
    atlas = small_world()
    async with client_of(atlas) as client:
        ready = decoded(await client.get("/ready"))
        assert ready == {"ready": True, "listings": 2, "catalog": atlas.live.catalog.id}
