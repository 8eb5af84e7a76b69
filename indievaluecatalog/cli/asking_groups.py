"""Groups of options of the commands that ask language models: whom, what, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from indievaluecatalog.cli.asking_options import (
    AnswerOption,
    ApiKeyEnvOption,
    AskOption,
    BaseUrlOption,
    BatchTokensOption,
    ChatOption,
    ConcurrencyOption,
    DemonstrationsOption,
    DeviceOption,
    DtypeOption,
    ExtraBodyOption,
    FormOption,
    GgufFileOption,
    LocalOption,
    LogprobsOption,
    MaxTokensFieldOption,
    MaxTokensOption,
    ModeOption,
    NormaliseOption,
    OptionOrderOption,
    PersonsOption,
    PriceCompletionOption,
    PricePromptOption,
    ReasoningEffortOption,
    RequestsPerMinuteOption,
    SamplingSeedOption,
    ServerOption,
    ShardOption,
    ShownOption,
    ShowOption,
    StructuredOption,
    TemperatureOption,
    TimeoutOption,
    TokensPerMinuteOption,
    prices_of,
    usual_form,
)
from indievaluecatalog.cli.tasks import (
    CategoryOption,
    DatasetOption,
    OrderOption,
    OwnCatalogOption,
    ProtocolOption,
    SeedOption,
    SetupOption,
    SiblingsOption,
    SplitOption,
    TooFewOption,
    WithoutOption,
    changes_of,
)
from indievaluecatalog.errors import EvaluationError

if TYPE_CHECKING:
    from indievaluecatalog.evaluation.cost import Prices
    from indievaluecatalog.evaluation.job import Job
    from indievaluecatalog.evaluation.openai_model import OpenAIModel
    from indievaluecatalog.evaluation.request import Form, Model


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What is sent to a model behind a server, and so decides its answers."""

    panel: ClassVar[str] = "A model behind a server: what it is sent"

    base_url: BaseUrlOption = None
    server: ServerOption = None
    structured: StructuredOption = "auto"
    logprobs: LogprobsOption = False
    chat: ChatOption = True
    temperature: TemperatureOption = 0.0
    max_tokens: MaxTokensOption = None
    max_tokens_field: MaxTokensFieldOption = "max_tokens"
    reasoning_effort: ReasoningEffortOption = None
    sampling_seed: SamplingSeedOption = 0
    extra_body: ExtraBodyOption = None

    def settings(self) -> dict[str, Any]:
        """Arguments of `OpenAIModel`."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        return named | {"seed": named.pop("sampling_seed"), "extra": named.pop("extra_body")}

    def model(self, name: str) -> OpenAIModel:
        """The model, without any key."""
        from indievaluecatalog.evaluation.openai_model import OpenAIModel

        return OpenAIModel(name, **self.settings())


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a server is treated, or that the model runs here and how."""

    panel: ClassVar[str] = "A model behind a server: how it is treated"

    api_key_env: ApiKeyEnvOption = "OPENAI_API_KEY"
    concurrency: ConcurrencyOption = 16
    timeout: TimeoutOption = 600.0
    requests_per_minute: RequestsPerMinuteOption = None
    tokens_per_minute: TokensPerMinuteOption = None
    local: LocalOption = False
    mode: ModeOption = "likelihood"
    answer: AnswerOption = "letter"
    normalise: NormaliseOption = "none"
    device: DeviceOption = "auto"
    dtype: DtypeOption = "auto"
    batch_tokens: BatchTokensOption = 16_384
    gguf_file: GgufFileOption = None

    def model(self, name: str, served: ServedModel) -> Model:
        """The model that all options name.

        Raises:
            EvaluationError: settings that cannot be, or that would do nothing.
        """
        _refuse_idle(self, served)
        if self.local:
            from indievaluecatalog.evaluation.local_model import LocalModel

            return LocalModel(
                name,
                mode=self.mode,
                answer=self.answer,
                normalise=self.normalise,
                device=self.device,
                dtype=self.dtype,
                batch_tokens=self.batch_tokens,
                gguf_file=self.gguf_file,
                chat="auto" if served.chat else "plain",
                max_new_tokens=served.max_tokens,
            )
        from indievaluecatalog.evaluation.openai_model import OpenAIModel

        manners: dict[str, Any] = {
            "api_key_env": self.api_key_env,
            "concurrency": self.concurrency,
            "timeout_s": self.timeout,
            "requests_per_minute": self.requests_per_minute,
            "tokens_per_minute": self.tokens_per_minute,
        }
        return OpenAIModel(name, **served.settings(), **manners)


OF_LOCAL_MODELS = ("mode", "answer", "normalise", "device", "dtype", "batch_tokens", "gguf_file")

OF_BOTH = ("chat", "max_tokens")


def _refuse_idle(behaviour: Behaviour, served: ServedModel) -> None:
    """Refuse options that would be passed over, since whoever gives one believes that it did something."""
    here = [name for name in _given(behaviour) if name in OF_LOCAL_MODELS]
    there = [
        name for name in (*_given(served), *_given(behaviour)) if name not in (*OF_LOCAL_MODELS, *OF_BOTH, "local")
    ]
    if here and not behaviour.local:
        raise EvaluationError(f"{_options(here)}: only for a model on this machine; add --local or leave it out")
    if there and behaviour.local:
        raise EvaluationError(f"{_options(there)}: only for a model behind a server; leave it or --local out")


def _given(group: Behaviour | ServedModel) -> list[str]:
    """Options that are not as they are by default."""
    return [one.name for one in fields(group) if getattr(group, one.name) != one.default]


def _options(names: list[str]) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in names)


@dataclass(frozen=True, slots=True)
class TaskChoices:
    """What is asked, and of whom, in whatever form."""

    panel: ClassVar[str] = "What is asked, and of whom"

    dataset: DatasetOption = None
    shown: ShownOption = "statements"
    demonstrations: DemonstrationsOption = None
    said: ShowOption = "refined"
    asked: AskOption = "both"
    option_order: OptionOrderOption = "coded"
    setup: SetupOption = None
    split: SplitOption = None
    persons: PersonsOption = None
    protocol: ProtocolOption = None
    seed: SeedOption = None
    order: OrderOption = None
    category: CategoryOption = None
    without: WithoutOption = None
    siblings: SiblingsOption = None
    too_few: TooFewOption = "error"
    catalog: OwnCatalogOption = None

    def in_form(self, form: Form) -> Job:
        """All of it, in one form of prompt."""
        from indievaluecatalog.evaluation.job import prepare
        from indievaluecatalog.evaluation.prompt_spec import PromptSpec

        return prepare(
            self.dataset,
            prompt=PromptSpec(form=form, shown=self.shown, demonstrations=self.said, option_order=self.option_order),
            granularities=("refined", "polar") if self.asked == "both" else (self.asked,),
            n_demonstrations=self.demonstrations,
            setups=self.setup or (0, 1, 2),
            splits=self.split or ("validation", "test"),
            protocol=self.protocol,
            changes=changes_of(self.seed, self.order, self.category, self.without, self.siblings),
            persons=self.persons,
            too_few=self.too_few,
            catalog=self.catalog,
        )


@dataclass(frozen=True, slots=True)
class JobChoices(TaskChoices):
    """What is asked, of whom, in which form, and which part of it."""

    form: FormOption = None
    shard: ShardOption = None

    @property
    def part(self) -> tuple[int, int] | None:
        """Part and parts; None for the whole."""
        from indievaluecatalog.evaluation.shards import parse_shard

        return None if self.shard is None else parse_shard(self.shard)

    def job(self, served: ServedModel, behaviour: Behaviour | None = None) -> Job:
        """All parts of what is asked."""
        how = behaviour or Behaviour()
        if served.logprobs and self.form == "joint":
            raise EvaluationError("--logprobs reads the probabilities of one letter an answer: use --form single")
        return self.in_form(self.form or usual_form(how.local, how.mode, served.logprobs))


@dataclass(frozen=True, slots=True)
class Cost:
    """What tokens cost."""

    panel: ClassVar[str] = "What --dry-run is to count"

    price_prompt: PricePromptOption = None
    price_completion: PriceCompletionOption = None

    def prices(self) -> Prices | None:
        """None without prices."""
        return prices_of(self.price_prompt, self.price_completion)
