"""Options of the commands that ask language models, and the model they name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indievaluecatalog.errors import EvaluationError

if TYPE_CHECKING:
    from indievaluecatalog.evaluation.cost import Prices


HERE = "A model on this machine"
"""Head of its options in help."""


def parse_temperature(text: str) -> float | None:
    """A number, or None for "none"."""
    if str(text).strip().lower() == "none":
        return None
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a number nor none") from None


def parse_seed(text: str) -> int | None:
    """A whole number, or None for "none"."""
    if str(text).strip().lower() == "none":
        return None
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a whole number nor none") from None


def parse_object(text: str) -> dict[str, Any]:
    """A JSON object; what is wrong with another text is said without repeating it."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"no JSON: {error}") from None
    if not isinstance(found, dict):
        raise typer.BadParameter('no JSON object, such as {"top_k": 1}')
    return found


StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="File of raw answers, which makes a run resume; beside --out if none."),
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="Of an OpenAI-compatible server, up to /v1. Key: $OPENAI_API_KEY.")
]
ServerOption = Annotated[
    str | None, typer.Option("--server", help="A name for the server, where its address may change between runs.")
]
ApiKeyEnvOption = Annotated[str, typer.Option("--api-key-env", help="Variable that holds the key.")]
LocalOption = Annotated[
    bool, typer.Option("--local", help="Run the model here with transformers.", rich_help_panel=HERE)
]
ModeOption = Annotated[
    Literal["likelihood", "generate"],
    typer.Option("--mode", help="Of a local model: score options, or write.", rich_help_panel=HERE),
]
StructuredOption = Annotated[
    Literal["auto", "schema", "object", "none"], typer.Option("--structured", help="Structured output of the server.")
]
AnswerOption = Annotated[
    Literal["letter", "statement"],
    typer.Option("--answer", help="What a local model scores: an option's letter or text.", rich_help_panel=HERE),
]
NormaliseOption = Annotated[
    Literal["none", "tokens"],
    typer.Option("--normalise", help="Divide a local model's log-probability by tokens.", rich_help_panel=HERE),
]
DeviceOption = Annotated[
    str, typer.Option("--device", help="Of a local model: auto, cpu, cuda, cuda:1, mps.", rich_help_panel=HERE)
]
DtypeOption = Annotated[
    str, typer.Option("--dtype", help="Of a local model: auto, float32, float16, bfloat16.", rich_help_panel=HERE)
]
BatchTokensOption = Annotated[
    int, typer.Option("--batch-tokens", help="Most tokens a local model computes at once.", rich_help_panel=HERE, min=1)
]
GgufFileOption = Annotated[
    str | None,
    typer.Option(
        "--gguf-file", help="The file in a local model's folder that holds its weights.", rich_help_panel=HERE
    ),
]
LogprobsOption = Annotated[bool, typer.Option("--logprobs", help="Take option probabilities from the server (single).")]
ChatOption = Annotated[bool, typer.Option(help="Chat completions; --no-chat for a base model.")]
TemperatureOption = Annotated[
    float | None,
    typer.Option(
        "--temperature",
        parser=parse_temperature,
        metavar="NUMBER|none",
        help="none sends no temperature, as reasoning models want.",
    ),
]
MaxTokensOption = Annotated[int | None, typer.Option("--max-tokens", help="Of one answer, thinking included.", min=1)]
MaxTokensFieldOption = Annotated[
    Literal["max_tokens", "max_completion_tokens"],
    typer.Option("--max-tokens-field", help="What the server calls it; reasoning models of OpenAI want the second."),
]
ReasoningEffortOption = Annotated[
    str | None, typer.Option("--reasoning-effort", help="Sent as it is, such as low, medium or high.")
]
SamplingSeedOption = Annotated[
    int | None,
    typer.Option(
        "--sampling-seed",
        parser=parse_seed,
        metavar="NUMBER|none",
        help="Sent with each request; none where a server knows no seed.",
    ),
]
ExtraBodyOption = Annotated[
    dict[str, Any] | None,
    typer.Option(
        "--extra-body",
        parser=parse_object,
        metavar="JSON",
        help="Further fields of each request, for one server's own settings. No secrets: it is kept with the results.",
    ),
]
ConcurrencyOption = Annotated[int, typer.Option("--concurrency", help="Requests under way at a time.", min=1)]
TimeoutOption = Annotated[float, typer.Option("--timeout", help="Seconds for one answer; more for a slow server.")]
RequestsPerMinuteOption = Annotated[
    float | None, typer.Option("--requests-per-minute", help="Send no more than so many.")
]
TokensPerMinuteOption = Annotated[
    float | None, typer.Option("--tokens-per-minute", help="Of prompts and answers, as estimated before.")
]
FormOption = Annotated[
    Literal["joint", "single"] | None,
    typer.Option("--form", help="39 probes a prompt, or one; joint unless options are scored by likelihood."),
]
ShownOption = Annotated[
    Literal["none", "statements", "demographics", "both"],
    typer.Option("--shown", help="What it is told of a person."),
]
DemonstrationsOption = Annotated[
    int | None,
    typer.Option(
        "--demonstrations", help="Statements shown of each person; as many as all have if none (200 in wvs7)."
    ),
]
ShowOption = Annotated[Literal["refined", "polar"], typer.Option("--show", help="Granularity of the statements shown.")]
AskOption = Annotated[
    Literal["both", "polar", "refined"], typer.Option("--ask", help="Granularity of the options asked.")
]
OptionOrderOption = Annotated[
    Literal["coded", "reversed", "rotated"],
    typer.Option("--option-order", help="Order of the options in a prompt."),
]
PersonsOption = Annotated[int | None, typer.Option("--persons", help="Ask only so many persons.", min=1)]
ShardOption = Annotated[str | None, typer.Option("--shard", help="Ask only a part of the persons, such as 2/8.")]
AttemptsOption = Annotated[int, typer.Option("--attempts", help="Ask again, at most, what could not be read.", min=1)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Count requests, tokens and cost, and ask nothing.")]
PricePromptOption = Annotated[float | None, typer.Option("--price-prompt", help="For a million tokens.")]
PriceCompletionOption = Annotated[float | None, typer.Option("--price-completion", help="For a million tokens.")]


def usual_form(local: bool, mode: str, logprobs: bool) -> Literal["joint", "single"]:
    """The form where none is named: one probe a prompt where options are scored by likelihood."""
    return "single" if logprobs or (local and mode == "likelihood") else "joint"


def prices_of(prompt: float | None, completion: float | None) -> Prices | None:
    """Prices from their two options; None without any.

    Raises:
        EvaluationError: one without the other, or a price that cannot be.
    """
    from indievaluecatalog.evaluation.cost import Prices

    if prompt is None and completion is None:
        return None
    if prompt is None or completion is None:
        raise EvaluationError("a cost needs both --price-prompt and --price-completion")
    return Prices(prompt, completion)
