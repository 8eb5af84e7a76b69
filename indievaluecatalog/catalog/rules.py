"""What a catalog must obey beyond the schema's shapes. Each rule has a name; each problem says file, item, rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from indievaluecatalog.catalog.model import GRANULARITIES, Demographic, Direction, Item, Option


def _codes_problems(
    codes: Mapping[int, str],
    missing: Mapping[int, str],
    options: Sequence[Option],
    uncovered: Sequence[int],
    reasons: Collection[int],
) -> list[str]:
    problems = []
    owner: dict[int, int] = {}
    for index, option in enumerate(options):
        for code in option.codes:
            if code in owner:
                problems.append(
                    f"[code-in-two-options] code {code} is in option {owner[code] + 1} and in option {index + 1}"
                )
            owner[code] = index
            if code not in codes:
                problems.append(f"[unknown-code] option {index + 1} covers code {code}, which has no value label")
            if code in uncovered:
                problems.append(f"[covered-and-uncovered] code {code} is in an option and listed as uncovered")
    for code in codes:
        if code not in owner and code not in uncovered:
            problems.append(f"[code-in-no-option] code {code} is in no option; add it to one or list it as uncovered")
        if code in missing:
            problems.append(f"[code-also-missing] code {code} is both an answer and a missing code")
        if code < 0:
            problems.append(f"[negative-answer] code {code} is negative; negative codes mean no answer")
    for code in missing:
        if code >= 0 and code not in reasons:
            problems.append(
                f"[missing-not-negative] missing code {code} is not negative, and wave.yaml names no reason for it"
            )
    problems.extend(
        f"[unknown-code] uncovered code {code} has no value label" for code in uncovered if code not in codes
    )
    return problems


def _statement_problems(options: Sequence[Option], verbatim: bool) -> list[str]:
    problems = []
    seen: dict[str, int] = {}
    for index, option in enumerate(options):
        text = option.statement
        if text in seen:
            problems.append(f"[same-statement] options {seen[text] + 1} and {index + 1} have one statement: {text!r}")
        seen[text] = index
        if verbatim:
            continue
        if not text[:1].isupper() or not text.endswith(".") or "\n" in text or "  " in text:
            problems.append(
                f"[statement-form] a statement is one line with a capital first and a full stop last: {text!r}"
            )
    return problems


def _direction_problems(direction: Direction | None, codes: Mapping[int, str]) -> list[str]:
    if direction is None:
        return []
    return [
        f"[direction] {code} in low_to_high has no value label" for code in direction.low_to_high if code not in codes
    ]


def item_problems(item: Item, verbatim: bool = False, reasons: Collection[int] = ()) -> list[str]:
    """Everything wrong with one item, each line starting with the rule's name.

    Args:
        item: what to check.
        verbatim: whether its statements came from elsewhere and are kept as they are.
        reasons: the codes for which the wave names why there is no answer.
    """
    problems = []
    for granularity in GRANULARITIES:
        options = item.options(granularity)
        found = _codes_problems(item.codes, item.missing, options, item.uncovered, reasons)
        found += _statement_problems(options, verbatim)
        problems += [f"{granularity}: {problem}" for problem in found]
    refined_sets = [set(option.codes) for option in item.refined]
    for index, option in enumerate(item.polar):
        wanted = set(option.codes)
        inside = set().union(*(codes for codes in refined_sets if codes <= wanted))
        if inside != wanted:
            problems.append(
                f"[polar-not-union] polar option {index + 1} {sorted(wanted)} is no union of refined options;"
                f" {sorted(wanted - inside)} would cut one"
            )
    return problems + _direction_problems(item.direction, item.codes)


def demographic_problems(demographic: Demographic, verbatim: bool = False, reasons: Collection[int] = ()) -> list[str]:
    """Everything wrong with one demographic, each line starting with the rule's name; arguments as for an item."""
    one = demographic
    problems = _codes_problems(one.codes, one.missing, one.options, one.uncovered, reasons)
    problems += _statement_problems(demographic.options, verbatim)
    labels = [option.label for option in demographic.options]
    problems += [
        f"[same-label] two options are labelled {label!r}"
        for label in sorted({x for x in labels if labels.count(x) > 1})
    ]
    fold = demographic.fold_above
    if fold is not None and not any(fold in option.codes for option in demographic.options):
        problems.append(f"[fold] no option covers code {fold}, into which higher counts would fold")
    return problems


def shared_statements(items: Iterable[Item]) -> list[tuple[str, str]]:
    """(item id, problem) for each statement that two items have in common at one granularity."""
    problems = []
    for granularity in GRANULARITIES:
        owner: dict[str, str] = {}
        for item in items:
            for option in item.options(granularity):
                other = owner.setdefault(option.statement, item.id)
                if other != item.id:
                    problems.append(
                        (
                            item.id,
                            f"{granularity}: [shared-statement] {other} says the same: {option.statement!r}",
                        )
                    )
    return problems


def shared_concepts_problems(entries: Iterable[Item | Demographic]) -> list[str]:
    """A problem for each concept that two items or demographics of one catalog claim."""
    owner: dict[str, str] = {}
    return [
        f"catalog: {entry.id}: [shared-concept] {owner[entry.concept]} claims the concept {entry.concept} too"
        for entry in entries
        if owner.setdefault(entry.concept, entry.id) != entry.id
    ]
