"""A Hugging Face model on this machine, scored by the likelihood of the options or by what it writes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Literal, get_args

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.chat_format import Chat, PromptFormat, Question
from indievaluecatalog.evaluation.generation import allowed_tokens, written
from indievaluecatalog.evaluation.likelihood import Normalise, log_probabilities, probabilities
from indievaluecatalog.evaluation.local_files import (
    ModelFiles,
    chosen_device,
    chosen_dtype,
    find_files,
    load,
    torch_and_transformers,
)
from indievaluecatalog.evaluation.memory_batches import BatchSize, TooLargeError
from indievaluecatalog.evaluation.prefix_cache import can_share, common_length, needs_one_by_one
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response

Mode = Literal["likelihood", "generate"]
Answer = Literal["letter", "statement"]
Asked = tuple[str, Request]
BATCH_TOKENS = 16_384
PROMPTS_AT_A_TIME = 64
"""Prompts that `generate` sorts by length before it makes batches."""
SCORED_AT_A_TIME = 256
"""Prompts with one start that are scored before answers are given: more than a person has, few enough to lose."""


class LocalModel:
    """A causal language model of transformers.

    In likelihood mode a request of the single form is answered by the probability of each option: a softmax over
    the options of the log-probability of the answer's text after the prompt. Requests that follow each other and
    share system text and context have that start computed once. In generate mode the model writes, greedily.

    The libraries are imported, and the weights loaded, when they are first needed.
    """

    def __init__(
        self,
        path_or_id: str | Path,
        *,
        mode: Mode = "likelihood",
        answer: Answer = "letter",
        normalise: Normalise = "none",
        device: str = "auto",
        dtype: str = "auto",
        batch_tokens: int = BATCH_TOKENS,
        gguf_file: str | None = None,
        chat: Chat = "auto",
        chat_options: Mapping[str, Any] | None = None,
        max_new_tokens: int | None = None,
        stop: Sequence[str] = (),
        revision: str | None = None,
        download: bool = False,
        share_prefix: bool = True,
    ) -> None:
        """Name a model and how it is asked.

        Args:
            path_or_id: a folder, a GGUF file, or an id of the Hugging Face hub that is in its cache.
            mode: "likelihood" or "generate".
            answer: what is scored by likelihood: the option's "letter" or its "statement".
            normalise: "none", or "tokens": log-probabilities divided by the answer's number of tokens.
            device: "auto", "cpu", "cuda", "cuda:1", "mps".
            dtype: "auto", "float32", "float16", "bfloat16".
            batch_tokens: most tokens computed or kept at once; halved when memory runs out.
            gguf_file: the file in the folder or repository, where the weights come as GGUF.
            chat: "template", "plain", or "auto": the chat template where the tokenizer has one.
            chat_options: for the template; by default {"enable_thinking": False} in likelihood mode, since the
                answer follows the prompt at once, and nothing in generate mode.
            max_new_tokens: most tokens written; None for 64 and 16 a probe.
            stop: texts after which a written answer ends, beside the model's own end tokens.
            revision: branch, tag or commit of an id.
            download: whether a model that is not in the cache may be fetched.
            share_prefix: False computes every prompt in full, for comparison.

        Raises:
            EvaluationError: an unknown choice, or no such model on this machine.
        """
        for name, value, known in (
            ("mode", mode, get_args(Mode)),
            ("answer", answer, get_args(Answer)),
            ("normalise", normalise, get_args(Normalise)),
            ("chat", chat, get_args(Chat)),
        ):
            if value not in known:
                raise EvaluationError(f"a local model's {name} is one of {', '.join(known)}, not {value!r}")
        if batch_tokens < 1 or (max_new_tokens is not None and max_new_tokens < 1):
            raise EvaluationError("batch_tokens and max_new_tokens are at least 1")
        self._files: ModelFiles = find_files(path_or_id, gguf_file, revision, download)
        self._mode, self._answer, self._normalise, self._chat = mode, answer, normalise, chat
        thinking = {"enable_thinking": False} if mode == "likelihood" else {}
        self._chat_options = thinking if chat_options is None else dict(chat_options)
        self._max_new_tokens, self._stop = max_new_tokens, tuple(stop)
        self._wanted_device, self._wanted_dtype = device, dtype
        self._size = BatchSize(batch_tokens)
        self._share = share_prefix

    @cached_property
    def device(self) -> str:
        """Where it runs."""
        return chosen_device(self._wanted_device)

    @cached_property
    def dtype(self) -> str:
        """The numbers it computes with."""
        return chosen_dtype(self._wanted_dtype, self.device)

    @cached_property
    def spec(self) -> ModelSpec:
        """Its identity: the weights, by commit or digest, and what decides its answers."""
        settings: dict[str, Any] = {**self._files.identity(), "dtype": self.dtype, "mode": self._mode}
        settings |= {"chat": self._chat, "chat_options": dict(self._chat_options)}
        if self._mode == "likelihood":
            settings |= {"answer": self._answer, "normalise": self._normalise}
        else:
            settings |= {"max_new_tokens": self._max_new_tokens, "stop": list(self._stop), "temperature": 0}
        return ModelSpec(name=self._files.name, kind="transformers", settings=settings)

    @property
    def notes(self) -> dict[str, str]:
        """What is worth a note beside results but is no part of the identity: versions and device."""
        torch, transformers = torch_and_transformers()
        return {"torch": torch.__version__, "transformers": transformers.__version__, "device": self.device}

    @cached_property
    def _loaded(self) -> tuple[Any, Any, PromptFormat]:
        model, tokenizer = load(self._files, self.device, self.dtype)
        return model, tokenizer, PromptFormat.of(tokenizer, self._chat, self._chat_options)

    @cached_property
    def shares_prefix(self) -> bool:
        """Whether what prompts begin with is computed once: wanted, and within the model's means."""
        return self._share and can_share(self._loaded[0])

    @property
    def context_window(self) -> int | None:
        """Tokens the model can take, None where its configuration does not say."""
        config = self._loaded[0].config.get_text_config()
        found = getattr(config, "max_position_embeddings", None)
        return int(found) if found else None

    def answer(self, requests: Iterable[Asked]) -> Iterator[Response]:
        """Answer (key, request) pairs, as `evaluation.request.Model` says.

        Raises:
            EvaluationError: the joint form in likelihood mode; a model that cannot be loaded.
            MissingExtraError: torch or transformers is not installed.
        """
        if self._mode == "generate":
            waiting = iter(requests)
            while some := list(islice(waiting, PROMPTS_AT_A_TIME)):
                yield from self._written(some)
            return
        for _, group in groupby(requests, key=lambda asked: (asked[1].system, asked[1].context)):
            # Where nothing is shown all persons are asked the same, which is computed once.
            known: dict[Question, tuple[float, ...]] = {}
            while some := list(islice(group, SCORED_AT_A_TIME)):
                yield from self._scored(some, known)

    def _scored(self, asked: Sequence[Asked], known: dict[Question, tuple[float, ...]]) -> Iterator[Response]:
        if any(request.form != "single" or len(request.slots) != 1 for _, request in asked):
            raise EvaluationError(
                "the likelihood of options is computed one probe a prompt: use the single form, or mode='generate'"
            )
        model, tokenizer, format_ = self._loaded
        slots = [request.slots[0] for _, request in asked]
        answers = [slot.letters if self._answer == "letter" else slot.options for slot in slots]
        questions = format_.questions([request for _, request in asked], answers)
        fitting = []
        for (key, request), question in zip(asked, questions, strict=True):
            if problem := self._too_long(request, question.tokens):
                yield Response(key=key, finish_reason="length", error=problem, prompt_tokens=len(question.prompt))
            else:
                fitting.append((key, request, question))
        new = tuple(dict.fromkeys(question for *_, question in fitting if question not in known))
        shared = common_length([question.prompt for question in new]) if self.shares_prefix and len(new) > 1 else 0
        apart = needs_one_by_one(model, shared, [question.tokens for question in new])
        try:
            found = log_probabilities(
                model,
                new,
                size=BatchSize(1) if apart else self._size,
                pad=tokenizer.pad_token_id,
                share=self.shares_prefix and not apart,
            )
        except TooLargeError as error:
            yield from (self._no_memory(key, request, error) for key, request, _ in fitting)
            return
        known.update(zip(new, found, strict=True))
        cached = dict.fromkeys(new, shared) | dict.fromkeys(new[:1], 0)
        for key, request, question in fitting:
            if not all(map(math.isfinite, known[question])):
                problem = f"{place_of(request)}: the model's numbers overflow as {self.dtype}: use another dtype"
                yield Response(key=key, finish_reason="error", error=problem, prompt_tokens=len(question.prompt))
                continue
            yield Response(
                key=key,
                prompt_tokens=len(question.prompt),
                completion_tokens=0,
                cached_tokens=min(cached.pop(question, len(question.prompt)), len(question.prompt)),
                probabilities=(probabilities(known[question], question, self._normalise),),
            )

    def _written(self, asked: Sequence[Asked]) -> Iterator[Response]:
        model, tokenizer, format_ = self._loaded
        prompts = format_.tokens([format_.text(request) for _, request in asked])
        fitting: dict[int, list[int]] = {}
        for at, ((key, request), tokens) in enumerate(zip(asked, prompts, strict=True)):
            most = allowed_tokens(len(request.slots), self._max_new_tokens)
            if problem := self._too_long(request, len(tokens) + most, most):
                yield Response(key=key, finish_reason="length", error=problem, prompt_tokens=len(tokens))
            else:
                fitting.setdefault(most, []).append(at)
        for most, chosen in fitting.items():
            waiting = dict(enumerate(chosen))
            try:
                some = [prompts[at] for at in chosen]
                for place, done in written(model, tokenizer, some, most=most, size=self._size, stop=self._stop):
                    at = waiting.pop(place)
                    yield Response(
                        key=asked[at][0],
                        text=done.text,
                        finish_reason=done.finish_reason,
                        prompt_tokens=len(prompts[at]),
                        completion_tokens=done.tokens,
                    )
            except TooLargeError as error:
                yield from (self._no_memory(*asked[at], error) for at in waiting.values())

    def _too_long(self, request: Request, tokens: int, answer: int = 0) -> str:
        window = self.context_window
        if window is None or tokens <= window:
            return ""
        with_ = f", {answer} of them for the answer," if answer else ""
        return (
            f"{place_of(request)}: prompt and answer have {tokens} tokens{with_} but the model's context window has "
            f"{window}: show fewer statements"
        )

    def _no_memory(self, key: str, request: Request, error: TooLargeError) -> Response:
        told = (
            f"{place_of(request)}: {error} do not fit into the memory of {self.device} as {self.dtype}, even alone: "
            "show fewer statements, or use another dtype or device"
        )
        return Response(key=key, finish_reason="error", error=told)


def place_of(request: Request) -> str:
    """Which request a message is about."""
    probe = f", {request.slots[0].id} ({request.slots[0].item})" if request.form == "single" else ""
    return f"person {request.person_id}, setup {request.setup}, {request.granularity}{probe}"
