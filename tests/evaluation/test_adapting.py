"""Models that refuse the usual settings are asked without them, and their identity says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.adapting import adaptations, adapted
from indievaluecatalog.evaluation.completions import body
from indievaluecatalog.evaluation.cost import dry_run
from indievaluecatalog.evaluation.openai_model import OpenAIModel
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.evaluation.runner import ask
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_request, made_requests
from tests.evaluation.scripted_server import Body, Fault, ScriptedServer


def refusing(*names: str, wording: str = "Unsupported parameter: '{name}' is not supported with this model.") -> Any:
    def script(sent: Body, before: int) -> Fault | None:
        found = [name for name in names if name in sent]
        return Fault(400, {"message": wording.format(name=found[0]), "param": found[0]}) if found else None

    return script


def test_a_reasoning_model_is_asked_without_what_it_refuses(server: ScriptedServer, tmp_path: Path) -> None:
    server.script = refusing("temperature", "max_tokens", "seed")
    model = OpenAIModel("m", base_url=server.url, max_tokens=900)
    with RunStore(tmp_path / "run") as store:
        assert ask(model, made_requests(3), store).asked == 3
    settings = model.spec.settings
    assert (settings["temperature"], settings["seed"], settings["max_tokens"]) == (None, None, None)
    assert settings["max_completion_tokens"] == 900
    assert settings["structured"] == "schema"
    assert [change.split()[0] for change in model.changes] == ["no", "max_tokens", "no"]
    assert server.bodies[-1]["max_completion_tokens"] == 900
    assert not {"temperature", "max_tokens", "seed"} & server.bodies[-1].keys()
    with RunStore(tmp_path / "run", "read") as store:  # the next run finds what this one asked, before it asks
        plan = dry_run(made_requests(4), OpenAIModel("m", base_url=server.url, max_tokens=900), store)
        assert (plan.already, plan.to_send) == (3, 1)


def test_the_adapted_identity_is_that_of_the_same_settings_named() -> None:
    told = OpenAIModel(
        "m", temperature=None, seed=None, max_tokens=5, max_tokens_field="max_completion_tokens", structured="none"
    )
    usual = OpenAIModel("m", max_tokens=5, structured="none").spec
    assert told.spec in list(adaptations(usual))
    back = adapted(told.spec, "HTTP 400: {'param': 'max_completion_tokens'}")
    assert back is not None
    assert set(back[0].settings) == set(usual.settings)
    assert back[0].settings["max_tokens"] == 5


def test_a_value_that_was_wished_for_is_not_left_out(server: ScriptedServer) -> None:
    server.script = refusing("temperature")
    with pytest.raises(EvaluationError, match="'temperature' is not supported"):
        assert OpenAIModel("m", base_url=server.url, temperature=0.7).spec


def test_a_server_that_refuses_both_names_is_asked_each_once(server: ScriptedServer) -> None:
    server.script = refusing("max_tokens", "max_completion_tokens")
    with pytest.raises(EvaluationError, match="is not supported"):
        assert OpenAIModel("m", base_url=server.url, max_tokens=9).spec
    assert len(server.bodies) < 10


@pytest.mark.parametrize(
    ("refusal", "name"),
    [
        ("Error code: 400 - {'error': {'message': 'no', 'param': 'temperature', 'code': 'unsupported_value'}}", "t"),
        ("HTTP 400: Unsupported value: 'temperature' does not support 0.0 with this model.", "t"),
        ('HTTP 400: Invalid JSON payload received. Unknown name "seed": Cannot find field.', "s"),
        ("HTTP 422: {'detail': [{'type': 'extra_forbidden', 'loc': ['body', 'seed'], 'input': 0}]}", "s"),
        ("HTTP 400: seed is not supported", "s"),
    ],
)
def test_refusals_as_servers_word_them(refusal: str, name: str) -> None:
    spec = ModelSpec("m", "openai", {"temperature": 0.0, "seed": 0, "max_tokens": None})
    found = adapted(spec, refusal)
    assert found is not None
    assert found[0].settings["temperature"] == (None if name == "t" else 0.0)
    assert found[0].settings["seed"] == (None if name == "s" else 0)


@pytest.mark.parametrize(
    "refusal",
    [
        "HTTP 400: response_format json_schema is not supported",
        "HTTP 422: {'loc': ['body'], 'input': {'temperature': 0.0, 'seed': 0, 'max_tokens': 9}}",
        "HTTP 400: Use 'max_completion_tokens' instead",
        "HTTP 500: the temperature in the machine room",
    ],
)
def test_other_refusals_change_nothing(refusal: str) -> None:
    spec = ModelSpec("m", "openai", {"temperature": 0.0, "seed": 0, "max_tokens": 9})
    assert adapted(spec, refusal) is None


def test_what_is_sent_where_the_limit_has_another_name() -> None:
    spec = OpenAIModel("m", max_tokens=7, max_tokens_field="max_completion_tokens", structured="none").spec
    sent = body(made_request(0), spec)
    assert (sent["max_completion_tokens"], "max_tokens" in sent) == (7, False)
    assert OpenAIModel("m", max_tokens_field="max_completion_tokens").possible_specs == OpenAIModel("m").possible_specs


def make(**settings: Any) -> Callable[[], OpenAIModel]:
    return lambda: OpenAIModel("m", **settings)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (make(extra={"api_key": "x"}), "'api_key', which looks like a secret"),
        (make(extra={"extra_headers": {"Authorization": "x"}}), "secret"),
        (make(extra={"provider": {"options": [{"x-api-key": "y"}]}}), r"provider\.options\.x-api-key"),
        (make(extra={"note": "Bearer abcdef"}), "secret"),
        (make(extra={"note": "sk-abcdef"}), "secret"),
        (make(extra={"top_k": {1, 2}}), "JSON"),
        (make(extra={"top_p": float("nan")}), "JSON"),
        (make(extra={"temperature": 1}), "set twice"),
        (make(max_tokens=3, max_tokens_field="limit"), "max_tokens_field"),
        (make(max_tokens=0, max_tokens_field="max_completion_tokens"), "at least 1"),
    ],
)
def test_what_may_not_be_set(made: Callable[[], OpenAIModel], message: str) -> None:
    with pytest.raises(EvaluationError, match=message) as raised:
        made()
    assert "abcdef" not in str(raised.value)


def test_settings_of_one_server_pass() -> None:
    extra = {
        "chat_template_kwargs": {"enable_thinking": False},
        "skip_special_tokens": True,
        "stop_token_ids": [1],
        "prompt_cache_key": "runs",
        "provider": {"order": ["one"]},
    }
    sent = body(made_request(0), OpenAIModel("m", extra=extra, structured="none").spec)
    assert {name: sent[name] for name in extra} == extra
    assert OpenAIModel("m", temperature=None, extra={"temperature": 1}).possible_specs
