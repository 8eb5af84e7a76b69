"""The identity of a model that lm-evaluation-harness asked, from the results it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from indievaluecatalog.evaluation.lm_eval_files import Identity, Variant
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.evaluation.secret_settings import without_secrets

_DECIDING = ("lm_eval_version", "max_length", "system_instruction", "chat_template_sha", "fewshot_as_multiturn")
_OF_MODEL = ("model", "model_dtype", "model_revision", "model_sha", "gen_kwargs")


def spec_of(content: Mapping[str, Any], variant: Variant, identity: Identity) -> ModelSpec:
    """The model's identity, without secrets and without paths of a machine.

    Args:
        content: of lm_eval's results_*.json.
        variant: how the model answered.
        identity: of the folder.
    """
    config = content["config"]
    arguments = config.get("model_args")
    # Older versions write "a=b,c=d".
    pairs = arguments if isinstance(arguments, Mapping) else _pairs(str(arguments or ""))
    name = str(content.get("model_name") or pairs.get("pretrained") or pairs.get("model") or config.get("model"))
    settings = {key: content[key] for key in _DECIDING if content.get(key) is not None}
    settings |= {key: config[key] for key in _OF_MODEL if config.get(key) not in (None, "", {})}
    settings |= {"answer": variant, "chat": identity.chat}
    own = {key: _plain(value) for key, value in pairs.items()}
    return ModelSpec(name=_last(name), kind="lm_eval", settings=without_secrets({**settings, "model_args": own}))


def _pairs(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(",") if part)
    return {name: value for name, _, value in parts}


def _plain(value: Any) -> Any:
    return _last(value) if isinstance(value, str) else value


def _last(name: str) -> str:
    """The last part of a path; an id such as "company/model" as it is."""
    path = PurePath(name)
    return path.name if "://" not in name and (path.is_absolute() or name.startswith((".", "~"))) else name
