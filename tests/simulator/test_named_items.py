"""A list that is an object of named items is answered as one, generated or recorded."""

import json
from pathlib import Path

from modelatlas.providers.registry import declared
from modelatlas.simulator.world import generated, recorded
from tests.simulator.client import ask, calls, snapshot_of

MORPHEUS = declared()["morpheus"]
HUGGINGFACE = declared()["huggingface"]


async def test_prices_by_name_are_an_object() -> None:
    _, prices = MORPHEUS.lists
    async with calls(generated("seed")) as client:
        table = (await ask(client, MORPHEUS, prices)).json()["models"]
        read = await snapshot_of(client, MORPHEUS)
    assert isinstance(table, dict)
    assert {id_: sorted(row) for id_, row in table.items()} == {id_: ["input", "output"] for id_ in table}
    assert {each.id for each in read.listings if each.prices} == table.keys()


async def test_a_recorded_object_is_served_byte_for_byte(tmp_path: Path) -> None:
    body = b'{"default": "0.50", "models": {"a": {"input": "1.0", "output": "2"}}}'
    (tmp_path / "morpheus.prices.json").write_bytes(body)
    (tmp_path / "morpheus.json").write_bytes(b'{"data": [{"id": "a"}]}')
    async with calls(recorded(tmp_path)) as client:
        assert (await ask(client, MORPHEUS, MORPHEUS.lists[1])).content == body
        read = await snapshot_of(client, MORPHEUS)
    assert [(each.id, len(each.prices)) for each in read.listings] == [("a", 2)]


async def test_the_hub_is_paged_by_link_and_has_a_list_of_hosts() -> None:
    _, hub = HUGGINGFACE.lists
    async with calls(generated("seed")) as client:
        answer = await ask(client, HUGGINGFACE, hub, {"limit": 2})
    first, second = json.loads(answer.content)
    assert 'rel="next"' in answer.headers["link"]
    assert {type(each["inferenceProviderMapping"]) for each in (first, second)} == {list}


async def test_a_missing_key_is_refused_at_bedrock_s_profiles() -> None:
    bedrock = declared()["amazon-bedrock"]
    profiles = bedrock.list_named("profiles")
    assert profiles is not None
    async with calls(generated("seed")) as client:
        refused = await ask(client, bedrock, profiles, headers={"authorization": ""})
        assert refused.status_code == 401
        page = (await ask(client, bedrock, profiles, {"maxResults": 3})).json()
    assert len(page["inferenceProfileSummaries"]) == 3
    assert page["nextToken"]
