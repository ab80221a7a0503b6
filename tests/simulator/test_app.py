"""What every provider does alike: addresses, keys, conditional and compressed answers; and the front."""

import gzip

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Header, ModelList, Offset, Provider, QueryKey, SigV4, needs_key
from modelatlas.providers.registry import declared
from modelatlas.simulator.world import generated
from tests.simulator.client import address, ask, calls, params_of, payloads, with_key

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=demo/20261128/eu-west-1/rocket/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'0123456789abcdef' * 4}"
)
ACTIVE = [pytest.param(each, id=slug) for slug, each in declared().items() if each.retired is None]


@pytest.mark.parametrize("provider", ACTIVE)
async def test_a_list_answers_without_a_key_only_where_none_is_needed(provider: Provider) -> None:
    async with calls(generated("real")) as client:
        for each in provider.lists:
            answer = await client.get(address(each), params=params_of(each), headers=dict(each.headers))
            assert answer.status_code == (401 if needs_key(provider, each) else 200)


@pytest.mark.parametrize("provider", ACTIVE)
async def test_any_key_is_good_but_an_empty_one(provider: Provider) -> None:
    listed = provider.lists[0]
    async with calls(generated("real")) as client:
        for key, status in (("demo", 200), ("sk-real", 200), ("", 401)):
            if key or needs_key(provider, listed):
                answer = await ask(client, provider, listed, headers=with_key(provider, key))
                assert answer.status_code == status


async def test_a_declared_header_must_be_sent() -> None:
    listed = ModelList(
        url="https://api.acme.example/models",
        headers={"acme-version": "1"},
        examples=(({"id": "a"}, Listing(provider="acme", id="a")),),
    )
    provider = Provider(
        slug="acme",
        name="Acme",
        kind="lab",
        docs="",
        evidence="",
        auth=Header("x-acme", "K"),
        lists=(listed,),
    )
    async with calls(generated("real", providers={"acme": provider})) as client:
        assert (await client.get(address(listed), headers={"x-acme": "demo"})).status_code == 400
        assert (await ask(client, provider, listed)).status_code == 200


@pytest.mark.parametrize(
    "auth", [Header("Authorization", "K", prefix="Key"), QueryKey("key", "K")], ids=["prefix", "query"]
)
async def test_a_key_counts_where_it_is_declared_only(auth: Header | QueryKey) -> None:
    listed = ModelList(
        url="https://api.{REGION=eu}.acme.example/{ACCOUNT}/models",
        paging=Offset("skip", "limit", size=30),
        examples=(({"id": "a"}, Listing(provider="acme", id="a")),),
    )
    provider = Provider(
        slug="acme", name="Acme", kind="lab", docs="", evidence="", auth=auth, lists=(listed,)
    )
    async with calls(generated("real", providers={"acme": provider})) as client:
        path = "/api.eu.acme.example/demo/models"
        for headers in ({}, {"authorization": "Bearer demo"}, {"authorization": "demo"}):
            assert (await client.get(path, headers=headers)).status_code == 401
        assert len((await ask(client, provider, listed, {"skip": 0, "limit": 30})).json()["data"]) == 30
        visits = (await client.get("/_simulator/requests")).json()
    assert (visits["acme"]["requests"], visits["acme"]["authorization"]) == (4, "demo")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"{SIGNED}", 200),
        (SIGNED.replace("/rocket/", "/other/"), 401),
        (SIGNED.replace("SignedHeaders=host;", "SignedHeaders="), 401),
        (SIGNED.replace("20261128", "20261127"), 401),
        (SIGNED[:-1], 401),
        ("AWS4-HMAC-SHA256 demo", 401),
        ("Bearer demo", 401),
        ("", 401),
    ],
)
async def test_a_signed_call_must_look_like_one(authorization: str, status: int) -> None:
    listed = ModelList(
        url="https://rocket.acme.example/models", examples=(({"id": "a"}, Listing(provider="acme", id="a")),)
    )
    provider = Provider(
        slug="acme", name="Acme", kind="host", docs="", evidence="", auth=SigV4("rocket"), lists=(listed,)
    )
    async with calls(generated("real", providers={"acme": provider})) as client:
        headers = {"authorization": authorization, "x-amz-date": "20261128T081500Z"}
        assert (await client.get(address(listed), headers=headers)).status_code == status
        visits = (await client.get("/_simulator/requests")).json()
    carried = {200: "demo", 401: "demo" if authorization == "Bearer demo" else "none"}
    assert visits["acme"]["authorization"] == carried[status]


async def test_an_unchanged_list_answers_304() -> None:
    provider = declared()["openrouter"]
    async with calls(generated("real")) as client:
        for encoding in ("gzip", "identity"):
            headers = {"accept-encoding": encoding}
            first = await ask(client, provider, provider.lists[0], headers=headers)
            headers["if-none-match"] = first.headers["etag"]
            again = await ask(client, provider, provider.lists[0], headers=headers)
            assert (again.status_code, again.content) == (304, b"")
            await client.post("/_simulator/drift")
            assert (await ask(client, provider, provider.lists[0], headers=headers)).status_code == 200


async def test_a_large_list_is_compressed_where_that_is_accepted() -> None:
    provider = declared()["openrouter"]
    async with calls(generated("real")) as client:
        plain = await ask(client, provider, provider.lists[0], headers={"accept-encoding": "identity"})
        async with client.stream(
            "GET", address(provider.lists[0]), headers={"accept-encoding": "gzip"}
        ) as answer:
            packed = b"".join([part async for part in answer.aiter_raw()])
    assert "content-encoding" not in plain.headers
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content
    assert plain.headers["etag"] != answer.headers["etag"]


async def test_two_lists_at_one_address_are_told_apart_by_their_parameters() -> None:
    def listed(name: str, **params: str) -> ModelList:
        url = "https://api.acme.example/models"
        return ModelList(
            url=url, name=name, params=params, id=name, examples=(({name: "x"}, Listing("acme", "x")),)
        )

    lists = (listed("all"), listed("images", kind="image"), listed("large", kind="image", size="l"))
    provider = Provider(slug="acme", name="Acme", kind="host", docs="", evidence="", lists=lists)
    async with calls(generated("real", providers={"acme": provider})) as client:
        for params, name in (
            ({}, "all"),
            ({"kind": "image"}, "images"),
            ({"kind": "image", "size": "l"}, "large"),
        ):
            answer = await client.get("/api.acme.example/models", params=params)
            assert list(answer.json()["data"][0]) == [name]


@pytest.mark.parametrize("path", ["/nobody.example/v1/models", "/openrouter.ai/api/v1/elsewhere", "/x"])
async def test_an_unknown_address_is_404_in_json(path: str) -> None:
    async with calls(generated("real")) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == 404


async def test_a_list_can_only_be_got() -> None:
    async with calls(generated("real")) as client:
        assert (await client.post(address(declared()["openrouter"].lists[0]))).status_code == 405


async def test_the_front_says_what_this_is() -> None:
    async with calls(generated("seed")) as client:
        said = (await client.get("/")).json()
    assert "simulator" in said["what"]
    assert said["profile"] == "seed"
    assert said["total"] == sum(said["providers"].values()) >= 18_000


async def test_visits_are_counted_and_keys_are_not_kept() -> None:
    """F52: a key that was sent by mistake is shown nowhere."""
    provider = declared()["deepinfra"]
    async with calls(generated("real")) as client:
        await payloads(client, provider)
        visits = (await client.get("/_simulator/requests")).json()
        assert visits == {
            "deepinfra": {"requests": 2, "lists": {"models": 1, "native": 1}, "authorization": "demo"}
        }
        await ask(client, provider, provider.lists[0], headers=with_key(provider, "sk-secret"))
        answers = [await client.get(path) for path in ("/", "/_simulator/requests", "/_simulator/state")]
        await client.get(address(declared()["openrouter"].lists[0]))
        await payloads(client, provider)
        visits = (await client.get("/_simulator/requests")).json()
    assert not any("sk-secret" in answer.text for answer in answers)
    assert visits["deepinfra"]["authorization"] == "other"
    assert visits["openrouter"]["authorization"] == "none"
