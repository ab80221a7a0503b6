"""The lines of docs/clients.md do what they say: real clients, pointed at a demo, compute our prices."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.clients.conftest import SECTIONS, Client, block, output, variables
from tests.demo import Demo

INPUT, OUTPUT = 1_000_000, 3_000
SOME, MANY = 20, 20_000
ROUTES = {
    "alibaba": "dashscope",
    "cloudflare-workers-ai": "cloudflare",
    "google-ai-studio": "gemini",
    "together": "together_ai",
    "vercel-ai-gateway": "vercel_ai_gateway",
}
"""Our slug -> how LiteLLM's callers name the provider."""
CANNOT_CALL = ("morpheus", "near", "onerouter", "sybil")
"""Providers that LiteLLM cannot call."""


def chats(demo: Demo, *providers: str, most: int = SOME) -> list[dict[str, Any]]:
    """Return chat listings that cost the same always, with what `INPUT` and `OUTPUT` tokens of each cost."""
    words = ",".join(providers)
    listings = demo.get(f"/models?gateway={words}&mode=chat&priced=true").json()["data"]
    found = []
    for each in listings:
        usd = {price["unit"]: price["usd"] for price in each["prices"] if price["when"] is None}
        if not each["varies_by"] and usd.get("input_token") and usd.get("output_token"):
            cost = Decimal(usd["input_token"]) * INPUT + Decimal(usd["output_token"]) * OUTPUT
            found.append({**each, "cost": cost, "usd": usd})
    step = max(1, len(found) // most)
    return found[::step][:most]


def test_litellm_computes_our_costs(demo: Demo, python: Client, tmp_path: Path) -> None:
    """All of them; it counts Hugging Face's as free, whatever a map says, and no price of a request."""
    listings = [each for each in chats(demo, "all", most=MANY) if each["provider"] != "huggingface"]
    asked = [
        (f"{ROUTES.get(each['provider'], each['provider'])}/{each['id']}", each["provider"])
        for each in listings
    ]
    program = f"""
import json, litellm
from litellm.litellm_core_utils.get_model_cost_map import get_model_cost_map_source_info
usage = litellm.Usage(prompt_tokens={INPUT}, completion_tokens={OUTPUT})
answer = litellm.ModelResponse(usage=usage)
costs = []
for model, provider in json.load(open("asked.json")):
    answer.model = model
    named = provider if provider in {CANNOT_CALL!r} else None
    costs.append(litellm.completion_cost(answer, model=model, custom_llm_provider=named))
print(json.dumps([get_model_cost_map_source_info()["source"], len(litellm.model_cost), costs]))
"""
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    found = output(
        [str(python("litellm==1.110.2") / "python"), "-c", program],
        tmp_path,
        variables(block("LiteLLM", "sh", demo)),
    )
    source, entries, costs = json.loads(found.splitlines()[-1])
    assert (source, entries > 8_000, len(costs) > 6_000) == ("remote", True, True)
    for each, cost in zip(listings, costs, strict=True):
        assert cost == pytest.approx(float(each["cost"]), rel=1e-9), each["id"]


def test_litellm_finds_what_its_callers_call(python: Client, tmp_path: Path) -> None:
    """Without any key or network the references alone pass its guards; real names, our prices."""
    names = {
        "gpt-4o": ("openai", "gpt-4o"),
        "openai/gpt-4o-mini": ("openai", "gpt-4o-mini"),
        "claude-sonnet-4-5": ("anthropic", "claude-sonnet-4-5"),
        "gemini/gemini-2.5-flash": ("google-ai-studio", "gemini-2.5-flash"),
        "groq/llama-3.3-70b-versatile": ("groq", "llama-3.3-70b-versatile"),
        "deepseek/deepseek-chat": ("deepseek", "deepseek-chat"),
    }
    with static(tmp_path) as url:
        home = {"MODELATLAS_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "modelatlas", "export", "litellm", "-o", "map.json"]
        output(command, tmp_path, home)
        program = f"""
import json, litellm
names = {list(names)!r}
costs = [litellm.cost_per_token(name, {INPUT // 100}, 0)[0] for name in names]
print(json.dumps([len(litellm.model_cost), costs]))
"""
        variables_ = {"LITELLM_MODEL_COST_MAP_URL": f"{url}/map.json"}
        words = [str(python("litellm==1.110.2") / "python"), "-c", program]
        entries, costs = json.loads(output(words, tmp_path, variables_).splitlines()[-1])
    assert 3_000 < entries < 4_000
    asked = "\n".join(json.dumps({"provider": slug, "model_id": id_}) for slug, id_ in names.values())
    told = output([sys.executable, "-m", "modelatlas", "price", "--batch"], tmp_path, home, asked)
    for cost, said in zip(costs, map(json.loads, told.splitlines()), strict=True):
        usd = Decimal(said["prices"]["input_token"]["usd"])
        assert cost == pytest.approx(float(usd * INPUT / 100), rel=1e-9), said["model_id"]


@contextmanager
def static(folder: Path) -> Iterator[str]:
    """Serve the files of a folder."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_genai_prices_computes_our_costs(demo: Demo, python: Client, tmp_path: Path) -> None:
    listings = chats(demo, "all", most=MANY)
    asked = [(each["id"], each["provider"]) for each in listings]
    program = f"""
import json
{block("genai-prices, pydantic-ai", "python", demo)}
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
for provider in get_snapshot().providers:  # it refuses prices that are not whole
    for model in provider.models:
        model.calc_price(Usage(input_tokens=1, output_tokens=1), provider)
usage = Usage(input_tokens={INPUT}, output_tokens={OUTPUT})
asked = json.load(open("asked.json"))
prices = [calc_price(usage, model_ref=id_, provider_id=slug) for id_, slug in asked]
print(json.dumps([str(price.total_price) for price in prices]))
"""
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    costs = json.loads(output([str(python("genai-prices==0.2.3") / "python"), "-c", program], tmp_path))
    assert len(costs) > 6_000
    for each, cost in zip(listings, costs, strict=True):
        assert Decimal(cost) == each["cost"] + Decimal(each["usd"].get("request", 0)), each["id"]


def test_the_openai_sdk_lists_and_finds_our_models(demo: Demo, python: Client, tmp_path: Path) -> None:
    program = f"""
import json, openai
{block("OpenAI SDK", "python", demo)}
models = client.models.list().data
one = client.models.retrieve(models[7].id)
try:
    client.models.retrieve("acme/nothing")
except openai.NotFoundError as error:
    said = error.code
print(json.dumps([len(models), models[7].id, one.id, one.object, one.model_extra["provider"], said]))
"""
    found = json.loads(output([str(python("openai==3.57.0") / "python"), "-c", program], tmp_path))
    total = demo.get("/models?limit=0").json()["total"]
    assert found == [total, found[1], found[1], "model", found[1].partition("/")[0], "not-found"]


def test_opencode_shows_our_prices(demo: Demo, node: Client, tmp_path: Path) -> None:
    modules = node("opencode-ai@1.18.33")
    program = next((each for each in sorted(modules.glob("opencode-linux-*/bin/opencode"))), None) or (
        modules / ".bin" / "opencode"
    )
    lines = block("opencode", "sh", demo)
    environment = {**variables(lines), "DEEPINFRA_API_KEY": "none"}
    command = lines.splitlines()[-1].split()[1:]
    output([str(program), *command], tmp_path, environment)
    shown = output([str(program), "models", "deepinfra", "--verbose"], tmp_path, environment)
    listings = chats(demo, "deepinfra")
    assert len(listings) == SOME
    for each in listings:
        _, _, rest = shown.partition(f"deepinfra/{each['id']}\n")
        cost = json.JSONDecoder().raw_decode(rest)[0]["cost"]
        for name, unit in (("input", "input_token"), ("output", "output_token")):
            assert Decimal(str(cost[name])) == Decimal(each["usd"][unit]) * 10**6, each["id"]


def test_tokenlens_reads_our_catalog(demo: Demo, node: Client, tmp_path: Path) -> None:
    listings = chats(demo, "groq", "deepinfra")
    asked = [[each["provider"], each["id"]] for each in listings]
    program = tmp_path / "program.mjs"
    program.write_text(
        block("tokenlens", "js", demo)
        + f"const asked = {json.dumps(asked)};\n"
        + "console.log(JSON.stringify(asked.map(([slug, id]) => models[slug].models[id].cost)));\n"
    )
    (tmp_path / "node_modules").symlink_to(node("tokenlens@1.3.1"))
    costs = json.loads(output(["node", str(program)], tmp_path))
    for each, cost in zip(listings, costs, strict=True):
        assert Decimal(str(cost["input"])) == Decimal(each["usd"]["input_token"]) * 10**6


def test_llm_lists_the_models_that_it_finds_in_its_folder(demo: Demo, python: Client, tmp_path: Path) -> None:
    lines = block("llm", "sh", demo)
    bin_ = python("llm==0.36", "llm-openrouter==0.7.1")
    environment = {"LLM_USER_PATH": str(tmp_path), "OPENROUTER_KEY": "none", "PATH": f"{bin_}:/usr/bin:/bin"}
    shown = output(["sh", "-ec", lines], tmp_path, environment)
    ids = [each["id"] for each in demo.get("/api/v1/models?providers=openrouter&limit=20").json()["data"]]
    assert len(ids) == SOME
    assert all(id_ in shown for id_ in ids)


def test_aider_knows_our_costs_from_its_file(demo: Demo, python: Client, tmp_path: Path) -> None:
    """The file alone: LiteLLM's own map knows none of the demo's models."""
    output(["sh", "-ec", block("aider", "sh", demo)], tmp_path)
    listings = chats(demo, "deepinfra", most=MANY)
    asked = [f"deepinfra/{each['id']}" for each in listings]
    program = f"""
import json
from aider.io import InputOutput
from aider.main import register_litellm_models
from aider.models import Model
register_litellm_models(None, None, InputOutput(pretty=False, fancy_input=False))
print(json.dumps([Model(name, weak_model=False, editor_model=False).info for name in {asked!r}]))
"""
    words = [str(python("aider-chat==0.86.2") / "python"), "-c", program]
    infos = json.loads(output(words, tmp_path).splitlines()[-1])
    assert len(infos) > SOME
    for each, info in zip(listings, infos, strict=True):
        assert info.get("max_input_tokens") == each["context_tokens"], each["id"]
        for side in ("input", "output"):
            usd = Decimal(each["usd"][f"{side}_token"])
            assert Decimal(str(info[f"{side}_cost_per_token"])) == usd, each["id"]


def test_aider_shows_our_cost_of_a_message(demo: Demo, python: Client, tmp_path: Path) -> None:
    lines = block("aider", "sh", demo)
    output(["sh", "-ec", lines], tmp_path)
    dearest = max(chats(demo, "deepinfra", most=MANY), key=lambda each: each["cost"])
    aider = str(python("aider-chat==0.86.2") / "aider")
    options = "--message hi --no-git --yes --no-stream --no-pretty --no-check-update --analytics-disable"
    with answering() as url:
        environment = {**variables(lines), "DEEPINFRA_API_KEY": "none", "DEEPINFRA_API_BASE": url}
        words = [aider, "--model", f"deepinfra/{dearest['id']}", *options.split()]
        shown = output(words, tmp_path, environment)
    assert f"Cost: ${dearest['cost']:.2f} message" in shown


@contextmanager
def answering() -> Iterator[str]:
    """Answer every chat with a word that took `INPUT` and `OUTPUT` tokens."""
    usage = {"prompt_tokens": INPUT, "completion_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {"id": "1", "object": "chat.completion", "created": 1, "model": asked["model"]}
            body = json.dumps({**answer, "choices": [choice], "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_crush_and_librechat_ask_where_we_answer(demo: Demo) -> None:
    catwalk = variables(block("crush", "sh", demo))["CATWALK_URL"]
    assert demo.get(catwalk.removeprefix(demo.url) + "/v2/providers").json()[0]["models"]
    assert f"{demo.url}/api/v1" in block("LibreChat", "yaml", demo)
    assert demo.get("/api/v1/models?limit=1").json()["data"]


def test_every_tool_that_is_named_has_its_section() -> None:
    tools = {
        "LiteLLM",
        "opencode",
        "genai-prices, pydantic-ai",
        "OpenAI SDK",
        "tokenlens",
        "crush",
        "LibreChat",
        "aider",
        "llm",
    }
    assert tools <= SECTIONS.keys()
