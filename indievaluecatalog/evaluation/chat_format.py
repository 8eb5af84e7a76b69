"""From a request to tokens: through the model's chat template or plain, and where the answer begins.

The answer is scored as it would follow the prompt. After a plain prompt that ends in a word that is " A", with the
space; after a prompt that ends in white space, "A". After a chat template it is what the template itself puts before
an assistant's words. Prompt and answer are tokenised together, since a tokenizer may join the answer's first
characters with the prompt's last ones; the answer's tokens are all that follow what the prompt and all its answers
have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prefix_cache import common_length
from indievaluecatalog.evaluation.request import Request

Chat = Literal["auto", "template", "plain"]
_MARKER = "Zq7"
_SYSTEM_MARKER = "Xj4"
SHOWN_AFTER = 24
"""Characters after a cut that have to be alike, far more than a tokenizer joins across one."""


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt and the answers it may have, as tokens.

    Attributes:
        prompt: tokens all answers share; at least one.
        answers: tokens of each answer; at least one each.
    """

    prompt: tuple[int, ...]
    answers: tuple[tuple[int, ...], ...]

    @property
    def tokens(self) -> int:
        """Of the prompt and its longest answer."""
        return len(self.prompt) + max(map(len, self.answers))


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """How a tokenizer writes requests.

    Attributes:
        tokenizer: of transformers.
        chat: whether the chat template is used.
        system: whether the template writes a system message; if not, it stands before the user's words.
        lead: what the template puts between prompt and answer.
        options: passed to the template.
    """

    tokenizer: Any
    chat: bool
    system: bool = True
    lead: str = ""
    options: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, tokenizer: Any, chat: Chat, options: Mapping[str, Any]) -> PromptFormat:
        """The format of a tokenizer; "auto" uses the chat template where there is one.

        Raises:
            EvaluationError: a template is asked for and there is none, or it does not take a user's message.
        """
        if chat == "plain" or (chat == "auto" and not tokenizer.chat_template):
            return cls(tokenizer, chat=False)
        if not tokenizer.chat_template:
            raise EvaluationError("the model's tokenizer has no chat template: use chat='plain'")
        first = cls(tokenizer, chat=True, options=options)
        messages = [{"role": "system", "content": _SYSTEM_MARKER}, {"role": "user", "content": "u"}]
        # Some templates refuse a system message; others leave it out without a word.
        system = _SYSTEM_MARKER in (first._rendered(messages) or "")
        asked = messages if system else _without_system(messages)
        prompt = first._rendered(asked)
        if prompt is None:
            raise EvaluationError("the model's chat template refuses a user's message: use chat='plain'")
        told = first._rendered([*asked, {"role": "assistant", "content": _MARKER}], reply=False) or ""
        # A template may write a reply in a history differently from one under way; then nothing comes between.
        after = told.removeprefix(prompt) if told.startswith(prompt) else _MARKER
        return cls(tokenizer, chat=True, system=system, lead=after.partition(_MARKER)[0], options=options)

    def text(self, request: Request) -> str:
        """The whole prompt, after which the answer follows."""
        if not self.chat:
            return request.plain()
        messages = request.messages()
        found = self._rendered(messages if self.system else _without_system(messages))
        if found is None:
            raise EvaluationError("the model's chat template refuses the prompt: use chat='plain'")
        return found

    def answer_text(self, prompt: str, answer: str) -> str:
        """An answer with what comes between it and the prompt."""
        if self.chat:
            return self.lead + answer
        return answer if not prompt or prompt[-1].isspace() else f" {answer}"

    def tokens(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Tokens of whole texts, with the start token where the model wants one and without an end token.

        The lines that all texts begin with are tokenised once, if it shows that the tokenizer joins nothing there.
        """
        head = common_lines(texts)
        if head:
            start, whole = self._tokens([head, texts[0]])
            rests = self._tokens([text[len(head) :] for text in texts], start=False)
            # What stands on both sides of the cut is the same in all texts, so that one tells of all.
            if start + rests[0] == whole:
                return [start + rest for rest in rests]
        return self._tokens(texts)

    def _tokens(self, texts: Sequence[str], *, start: bool = True) -> list[tuple[int, ...]]:
        # A chat template writes the start token itself.
        special = start and not self.chat
        found = self.tokenizer(list(texts), add_special_tokens=special, verbose=False)["input_ids"]
        end = self.tokenizer.eos_token_id
        return [tuple(ids[:-1] if special and len(ids) > 1 and ids[-1] == end else ids) for ids in found]

    def questions(self, requests: Sequence[Request], answers: Sequence[Sequence[str]]) -> list[Question]:
        """Requests and the answers each may have, as tokens."""
        prompts = [self.text(request) for request in requests]
        texts: list[str] = []
        for prompt, possible in zip(prompts, answers, strict=True):
            texts += [prompt, *(prompt + self.answer_text(prompt, answer) for answer in possible)]
        found = iter(self.tokens(texts))
        questions = []
        for possible in answers:
            prompt_tokens = next(found)
            whole = [next(found) for _ in possible]
            # No answer may be left without a token of its own, which one that begins another would be.
            shared = min(common_length([prompt_tokens, *whole]), *(len(tokens) - 1 for tokens in whole))
            questions.append(Question(prompt=whole[0][:shared], answers=tuple(tokens[shared:] for tokens in whole)))
        return questions

    def _rendered(self, messages: list[dict[str, str]], *, reply: bool = True) -> str | None:
        from jinja2.exceptions import TemplateError

        try:
            return str(
                self.tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=reply, **(self.options or {})
                )
            )
        except (TemplateError, TypeError, ValueError):
            # Templates call functions of Python on what they take messages for.
            return None


def common_lines(texts: Sequence[str]) -> str:
    """The lines all texts begin with, but for the last such line, which shows how every text goes on."""
    common = texts[0][: common_length(texts)]
    end = common.rfind("\n")
    while end >= 0 and len(common) - end <= SHOWN_AFTER:
        end = common.rfind("\n", 0, end)
    return common[: end + 1] if len(texts) > 1 else ""


def _without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"role": "user", "content": "\n\n".join(message["content"] for message in messages)}]
