"""The findings of an inspection as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indievaluecatalog.survey.answers import CodeCount
from indievaluecatalog.survey.inspection import SurveyInspection

_WIDTH = 100
_MOST_CODES = 12


def render_inspection(found: SurveyInspection) -> str:
    """The findings for a terminal, ending in a newline.

    In sections: what the file is, who is in it, what it has and lacks, what does not fit.
    """
    lines = [
        found.file,
        _line("format", f"{found.format}, {found.size_bytes / 1e6:,.1f} MB"),
        _line(
            "size", f"{found.rows:,} rows x {found.columns:,} columns, {found.labelled_variables:,} of them labelled"
        ),
        _line("wave", _join(f"{wave}: {rows:,} rows" for wave, rows in found.waves.items()) or "the file does not say"),
        _line("wanted", found.wave_wanted),
        _line("version", ", ".join(found.versions) or "the file does not say"),
        _line("years", _join(f"{year or 'none'} ({rows:,})" for year, rows in found.years.items())),
        _line("weights", _join(f"{name} ({rows:,} rows)" for name, rows in found.weights.items()) or "none"),
        "",
        f"Countries: {len(found.countries)}",
        *_wrap(f"{one.name or 'code ' + str(one.code)} {one.rows:,}" for one in found.countries),
        "",
        *_has("items", found.items, found.absent_items),
        *_has("demographics", found.demographics, found.absent_demographics),
    ]
    if found.absent_optional:
        lines.append(f"Lacks, though it need not have them: {', '.join(found.absent_optional)}")
    lines += ["", "Cells without a valid answer, of the items it has:"]
    lines += [f"  {reason:<16}{share:8.2%}" for reason, share in found.missing.items()] or ["  none"]
    if found.worst_items:
        lines += ["", "Items with most of them:"]
        for item in found.worst_items:
            reasons = ", ".join(f"{reason} {share:.1%}" for reason, share in item.reasons.items())
            lines.append(f"  {item.item:<6}{item.missing:7.1%}  {item.label} ({reasons})")
    lines += _codes("Codes that are not in the codebook", found.unlisted)
    lines += _codes("Answers that no option stands for (uncovered)", found.uncovered)
    lines += _codes("Counts folded into the top group", found.folded)
    if found.duplicate_ids:
        lines += ["", f"Interview ids that several rows share: {len(found.duplicate_ids)}"]
        lines += _wrap(f"{one}: {rows:,} rows" for one, rows in list(found.duplicate_ids.items())[:_MOST_CODES])
    if found.notes:
        lines += ["", "Notes:", *(f"  - {note}" for note in found.notes)]
    lines.append("")
    if found.problems:
        lines += ["PROBLEMS: this file cannot be built from.", *(f"  - {problem}" for problem in found.problems)]
    else:
        lines.append("No problems: this file can be built from.")
    return "\n".join(lines) + "\n"


def _line(name: str, value: str) -> str:
    return f"  {name:<10}{value}"


def _join(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _wrap(parts: Iterable[str]) -> list[str]:
    lines, line = [], " "
    for part in parts:
        if len(line) + len(part) + 2 > _WIDTH and line.strip():
            lines.append(line)
            line = " "
        line += f" {part};"
    return [*lines, line.rstrip(";")] if line.strip() else lines


def _has(what: str, present: Sequence[str], absent: Sequence[str]) -> list[str]:
    head = f"Has {len(present)} of {len(present) + len(absent)} {what}"
    return [head + ("." if not absent else "; lacks:"), *_wrap(absent)]


def _codes(title: str, counts: Sequence[CodeCount]) -> list[str]:
    if not counts:
        return []
    shown = [f"{one.variable} = {one.code}: {one.count:,}" for one in counts[:_MOST_CODES]]
    more = [f"and {len(counts) - _MOST_CODES} more"] if len(counts) > _MOST_CODES else []
    return ["", f"{title}: {sum(one.count for one in counts):,} cells", *_wrap([*shown, *more])]
