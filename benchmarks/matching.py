"""How well the matcher finds the questions of wave 7 in wave 6, with names, order, labels and codes perturbed.

python -m benchmarks.matching            # held-out seeds, the figures of the README
python -m benchmarks.matching --tune     # the seeds that thresholds were chosen on
python -m benchmarks.matching --show     # and every wrong or missed question of the last seed
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from indievaluecatalog import load_catalog
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Match

DATA = Path(__file__).parent / "data" / "wvs6_variables.yaml"
TUNE, HELD_OUT = (*range(100, 104), 501, 504), range(700, 710)

SHORT = {
    "government": "govt", "organization": "org.", "organizations": "orgs", "important": "imp.", "confidence": "conf.",
    "political": "pol.", "justifiable": "justif.", "religious": "relig.", "environmental": "environ.",
    "frequency": "freq.", "satisfaction": "satisf.", "information": "info", "education": "educ.",
    "democracy": "democ.", "neighborhood": "neighborh.", "membership": "memb.", "elections": "elect.",
}  # fmt: skip
BRITISH = {"neighbor": "neighbour", "labor": "labour", "behavior": "behaviour", "defense": "defence",
           "organization": "organisation", "favor": "favour"}  # fmt: skip
SMALL = ("the", "of", "a", "in", "for", "your", "to", "own", "with", "people")
OTHER_GRADES = {"strongly": "completely", "quite": "fairly", "rather": "fairly", "fairly": "quite", "very": "very",
                "completely": "totally", "a great deal": "very much", "not at all": "not at all", "often": "frequently",
                "frequently": "often", "trust": "trust", "essential": "an essential characteristic"}  # fmt: skip


def chance(seed: int, *what: object) -> float:
    """A number from 0 to 1 that belongs to a seed and a thing."""
    return float(keyed_hash(seed, "matching benchmark", ["/".join(map(str, what))])[0] / 2**64)


@dataclass(slots=True)
class Truth:
    variable: Variable
    repeats: str | None
    near: str | None
    relations: set[str]
    turned: bool = False
    changes: list[str] = field(default_factory=list)


def read_truth() -> list[Truth]:
    found = []
    for place, one in enumerate(yaml.safe_load(DATA.read_text("utf-8"))):
        whole = {int(code): label for code, label in one["codes"].items() if float(code) == int(float(code))}
        fractions = len(whole) < len(one["codes"])
        number = fractions or (not one["codes"] and one["role"] != "questionnaire")
        variable = Variable(one["name"], one["label"], place, {} if fractions else whole, {-1: "Don't know"}, {},
                            "number" if number else "coded")  # fmt: skip
        relations = set(one.get("relation", ()))
        found.append(Truth(variable, one.get("repeats"), one.get("near"), relations, relations == {"reversed"}))
    return found


def perturbed(truths: list[Truth], seed: int) -> list[Truth]:
    """Names and order shuffled; labels, value labels and codes of some changed; the truth kept up with it."""
    names = sorted((one.variable.name for one in truths), key=lambda name: chance(seed, "name", name))
    changed = [change(replace(one, changes=[]), seed) for one in truths]
    order = sorted(range(len(changed)), key=lambda place: chance(seed, "order", truths[place].variable.name))
    if chance(seed, "whole order") < 0.5:
        # Half of the seeds keep the order within blocks of 12, as a questionnaire put together otherwise would.
        order = sorted(range(len(changed)), key=lambda place: (chance(seed, "block", place // 12), place))
    return [
        replace(changed[old], variable=replace(changed[old].variable, name=names[new], position=new))
        for new, old in enumerate(order)
    ]


def change(one: Truth, seed: int) -> Truth:
    name, variable = one.variable.name, one.variable
    label, values = variable.label, dict(variable.values)
    if chance(seed, name, "reword") < 0.35:
        for _, how in sorted((chance(seed, name, kind), kind) for kind in REWORDINGS)[
            : 1 + (chance(seed, name, "n") < 0.4)
        ]:
            new = REWORDINGS[how](label, seed, name)
            if new != label:
                one.changes.append(how)
                label = new
    # A technical fact has no known codes to stand to.
    ordinal = 2 <= len(values) <= 11 and not (one.repeats and not one.relations)
    draw = chance(seed, name, "values")
    if draw < 0.08:
        values = {}
        one.relations, one.turned = ({"unknown"} if one.relations else set()), False
        one.changes.append("value labels dropped")
    elif draw < 0.20:
        values = {code: other_grade(text) for code, text in values.items()}
        one.changes.append("value labels reworded")
    draw = chance(seed, name, "codes")
    grades = [text.lower() for text in values.values()]
    if values and draw < 0.10 and ordinal:
        total = min(values) + max(values)
        values = {
            total - code: (str(total - code) if text.strip() == str(code) else text) for code, text in values.items()
        }
        one.turned = not one.turned
        one.relations = one.relations - {"reversed"} | ({"same"} if not one.turned else {"reversed"})
        one.changes.append("codes reversed")
    elif (
        draw < 0.25
        and one.relations == {"same"}
        and len(values) in (4, 5)
        and "agree" in grades
        and "disagree" in grades
    ):
        middle = [text for text in values.values() if text.lower().startswith("neither")]
        kept = ["Agree", *middle, "Disagree"]
        values = dict(enumerate(kept, start=1))
        one.relations = {"regrouped"}
        one.changes.append("regrouped")
    one.variable = replace(variable, label=label, values=dict(sorted(values.items())))
    return one


def other_grade(text: str) -> str:
    lower = text.lower()
    for word, instead in OTHER_GRADES.items():
        if re.search(rf"\b{word}\b", lower):
            return re.sub(rf"\b{word}\b", instead, lower, count=1).capitalize()
    return text.upper()


def abbreviate(label: str, seed: int, name: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda found: SHORT.get(found[0].lower(), found[0]), label)


def drop_words(label: str, seed: int, name: str) -> str:
    kept = [word for word in label.split() if word.lower() not in SMALL]
    long = [place for place, word in enumerate(kept) if len(word) > 3 and not word.endswith(":")]
    if len(long) > 3:
        # One word that matters, at random: what a person who shortens a label may do.
        kept.pop(long[int(chance(seed, name, "which") * len(long))])
    return " ".join(kept)


def other_order(label: str, seed: int, name: str) -> str:
    stem, colon, item = label.partition(": ")
    return f"{item} ({stem.lower()})" if colon else label


def no_colon(label: str, seed: int, name: str) -> str:
    return label.replace(": ", " - ")


def typo(label: str, seed: int, name: str) -> str:
    words = label.split()
    long = [place for place, word in enumerate(words) if len(word) >= 6]
    if not long:
        return label
    place = long[int(chance(seed, name, "word") * len(long))]
    word = words[place]
    at = 1 + int(chance(seed, name, "letter") * (len(word) - 3))
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def british(label: str, seed: int, name: str) -> str:
    for one, other in BRITISH.items():
        label = re.sub(one, other, re.sub(one.capitalize(), other.capitalize(), label))
    return label


def numbered(label: str, seed: int, name: str) -> str:
    number = int(chance(seed, name, "number") * 300)
    return (f"Q{number}. {label}", f"V{number}.- {label}", f"({number}) {label}", f"E{number:03}: {label.upper()}")[
        number % 4
    ]


def cut(label: str, seed: int, name: str) -> str:
    return label[:40]


REWORDINGS = {
    "abbreviated": abbreviate, "words dropped": drop_words, "other order": other_order, "no colon": no_colon,
    "typo": typo, "British": british, "numbered": numbered, "cut": cut,
}  # fmt: skip


def is_flagged(match: Match) -> bool:
    return match.relation is not None and (match.relation.kind == "reversed" or "other way" in match.relation.says)


def evaluate(truths: list[Truth], matches: tuple[Match, ...], show: bool) -> Counter[str]:
    count: Counter[str] = Counter(variables=len(truths))
    for truth, match in zip(truths, matches, strict=True):
        got = match.known.id if match.known else None
        count[match.status] += 1
        right = got == truth.repeats and got is not None
        count["repeats"] += truth.repeats is not None
        count["found"] += right
        count["found sure"] += right and match.status == "sure"
        count["wrong sure"] += match.status == "sure" and not right
        count["wrong proposals"] += match.status == "doubtful" and not right
        if truth.repeats and got != truth.repeats:
            count["missed, the right one among the rivals"] += any(one.id == truth.repeats for one, _ in match.rivals)
        if right and truth.relations and match.relation is not None:
            count["relations"] += 1
            fine = match.relation.kind in truth.relations or (truth.turned and is_flagged(match))
            count["relations right"] += fine
            count["relations wrong and sure"] += match.status == "sure" and not fine
            if truth.turned:
                count["turned"] += 1
                count["turned flagged"] += is_flagged(match)
                count["turned silently"] += not is_flagged(match) and match.status == "sure"
            else:
                count["flagged in vain"] += is_flagged(match) and "reversed" not in truth.relations
            if show and not fine:
                print(f"  {match.relation.kind} for {truth.relations}: {match.status} {match.variable.label!r}"
                      f" {truth.changes} | {match.relation.says}")  # fmt: skip
        if show and not right and (truth.repeats or match.status == "sure"):
            print(f"  {match.status}: {match.variable.label!r} -> {got}, truth {truth.repeats} {truth.changes}"
                  f" {[(one.id, value) for one, value in match.rivals[:2]]} {match.confidence}")  # fmt: skip
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    catalog = load_catalog("wvs7")
    seeds = TUNE if asked.tune else HELD_OUT
    plain = read_truth()
    runs: list[tuple[str, list[Truth]]] = [("as published", plain)]
    runs += [(f"seed {seed}", perturbed(read_truth(), seed)) for seed in seeds]
    total: Counter[str] = Counter()
    for number, (name, truths) in enumerate(runs):
        start = time.perf_counter()
        codebook = Codebook("wave 6", "yaml", 0, tuple(one.variable for one in truths))
        found = match_codebook(codebook, catalog)
        took = time.perf_counter() - start
        count = evaluate(truths, found.matches, asked.show and number in (0, len(runs) - 1))
        print(f"{name} ({took:.1f} s): {summary(count)}")
        if number:
            total += count
    print(f"all seeds: {summary(total)}")
    print(dict(sorted(total.items())))


def summary(count: Counter[str]) -> str:
    def share(part: str, whole: str) -> str:
        return f"{count[part]}/{count[whole]} ({count[part] / max(1, count[whole]):.1%})"

    return (
        f"sure {share('found sure', 'repeats')}, wrong {count['wrong sure']}; found {share('found', 'repeats')},"
        f" wrong proposals {count['wrong proposals']}; to look at {share('doubtful', 'variables')};"
        f" relation {share('relations right', 'relations')}; turned {share('turned flagged', 'turned')},"
        f" silently {count['turned silently']}, in vain {count['flagged in vain']}"
    )


if __name__ == "__main__":
    main()
