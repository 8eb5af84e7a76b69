"""Labels as they are compared: question numbers off, words in one form, what is asked apart from the battery's stem."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from indievaluecatalog.waves.words import Words

# "V4.- ", "Q1: ", "Q12a) ", "(E012) ", "A001 - ", "12. ", "[F034] ": a number of a question before its label.
_NUMBER = re.compile(
    r"^\s*(?:[\[(]\s*[A-Za-z]{0,4}_?\d+[A-Za-z]?(?:[._]\d+)*\s*[\])]\s*[-:.]*"
    r"|[A-Za-z]{0,4}_?\d+[A-Za-z]?(?:[._]\d+)*\s*(?:[.:)]+-?|[-\u2013](?=\s))"
    r"|[A-Z]{1,2}_?\d{1,4}[A-Za-z]?(?:_\d+)?\s+(?=[A-Z]))\s*"
)
_STEM = re.compile(r":(?=\s|$)|\s[-\u2013]\s")
_COUNTRIES = re.compile(r"[(\[]\s*[A-Z]{2,3}(?:\s*[,/;]\s*[A-Z]{2,3})*\s*[)\]]\s*$")
_WORD = re.compile(r"[^\W_]+(?:[&'.][^\W_]+)*|\d+", re.UNICODE)
_ENDINGS = (
    ("izational", "iz"), ("ational", "at"),
    ("ization", "iz"), ("ations", "at"), ("ation", "at"), ("ities", "it"), ("ity", "it"),
    ("iness", "y"), ("ness", ""), ("ments", "ment"), ("ingly", ""), ("edly", ""), ("ies", "y"), ("ing", ""),
    ("ied", "y"), ("ed", ""), ("ers", "er"), ("es", "e"), ("ly", ""), ("s", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A label taken apart.

    Attributes:
        plain: without question number, lower case, plain signs.
        stem: words of the part before the colon, which a battery's labels share.
        item: words of the rest.
        negated: whether an odd number of words turns the meaning round.
        countries: whether it names the few countries where it was asked.
    """

    plain: str
    stem: tuple[str, ...]
    item: tuple[str, ...]
    negated: bool
    countries: bool

    @property
    def words(self) -> tuple[str, ...]:
        """All words, stem first."""
        return self.stem + self.item


def read_label(text: str, words: Words) -> Label:
    """Take a label apart."""
    bare = without_number(text)
    pieces = _STEM.split(bare)
    stem, item = (" ".join(pieces[:-1]), pieces[-1]) if len(pieces) > 1 and pieces[-1].strip() else ("", bare)
    found = tokens(item, words)
    turns = sum(word in words.negations for word in found)
    return Label(
        plain=plain(bare),
        stem=tuple(tokens(stem, words)),
        item=tuple(found),
        negated=bool(turns % 2),
        countries=_COUNTRIES.search(bare) is not None or words.country_specific.search(plain(bare)) is not None,
    )


def without_number(text: str) -> str:
    """The label without a question number before it; a label that is nothing else stays."""
    bare = _NUMBER.sub("", text, count=1).strip()
    return bare if any(sign.isalpha() for sign in bare) else text.strip()


def plain(text: str) -> str:
    """Lower case, accents and odd signs off, single blanks."""
    decomposed = unicodedata.normalize("NFKD", re.sub("[\u2018\u2019\u00b4`]", "'", text))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold().split())


def tokens(text: str, words: Words) -> list[str]:
    """The words of a text in the form in which they are compared, negations as a word of their own."""
    found: list[str] = []
    for word in _WORD.findall(plain(text)):
        if word in words.negated:
            found += ["not", *_formed(words.negated[word], words)]
        else:
            found += _formed(word, words)
    return found


def _formed(word: str, words: Words) -> list[str]:
    known = words.forms.get(word)
    if known is None and word.endswith("'s"):
        known = words.forms.get(word[:-2], word[:-2])
    return [base(one) for one in (known or word).split()]


def base(word: str) -> str:
    """A word without its ending; light on purpose, so that different words stay different."""
    for end, instead in _ENDINGS:
        if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
            cut = word[: len(word) - len(end)] + instead
            return cut.removesuffix("e") if len(cut) > 4 else cut
    return word.removesuffix("e") if len(word) > 4 else word
