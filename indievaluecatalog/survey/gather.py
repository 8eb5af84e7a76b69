"""The way from a file to `Answers`, step by step; `read` walks it strictly, `inspect` as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.answers import Answers, ReadReport
from indievaluecatalog.survey.code_tables import Coding, code_answers
from indievaluecatalog.survey.coding import listing, value_labels
from indievaluecatalog.survey.engines import Engine, read_columns, read_header
from indievaluecatalog.survey.formats.header import Header
from indievaluecatalog.survey.label_check import check_labels
from indievaluecatalog.survey.layout import Layout, match_layout, wanted_variables
from indievaluecatalog.survey.memory import give_back
from indievaluecatalog.survey.person_keys import duplicate_ids, person_keys
from indievaluecatalog.survey.problems import Problems
from indievaluecatalog.survey.sources import Source
from indievaluecatalog.survey.technical import Technical

Progress = Callable[[str, float], None]
"""Called with a stage's name and how much of the whole is done, 0 to 1."""

_INT16_CODES = 30_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """A file's answers, and what was learnt on the way."""

    answers: Answers
    header: Header
    layout: Layout
    waves: Mapping[str, int]


def gather(source: Source, catalog: Catalog, engine: Engine, progress: Progress, problems: Problems) -> Gathered:
    """Read a file into answers.

    Raises:
        SurveyError: it cannot be read at all; and, where `problems` is strict, anything that stands against it.
    """
    progress("reading the header", 0.0)
    header = read_header(source)
    layout = match_layout(header.names, catalog)
    problems.extend(layout.problems)
    notes: list[str] = []
    spelled = {name: variable for variable, name in layout.names.items()}
    labelled = {spelled[name]: codes for name, codes in header.value_labels.items() if name in spelled}
    check_labels(catalog, labelled, problems, notes)
    progress("reading the columns", 0.05)
    columns = read_columns(source, header, _kinds(layout, catalog), engine)
    give_back()
    rows = len(next(iter(columns.values()))) if columns else (header.rows or 0)
    if not rows:
        problems.add("has no rows")
    progress("turning answers into codes", 0.7)
    raw = {variable: columns.pop(name) for variable, name in layout.names.items() if name in columns}
    labels = value_labels(catalog)
    technical = Technical(raw, rows, labels, catalog, problems)
    waves = technical.waves()
    ids = technical.interview_ids()
    countries = technical.countries()
    years = technical.years()
    weights = technical.weights()
    versions, version_of_row = technical.versions()
    notes += technical.notes
    coding = code_answers(catalog, raw, rows, labels, problems)
    raw.clear()
    give_back()
    progress("making person keys", 0.95)
    duplicates = duplicate_ids(ids)
    if duplicates:
        notes.append(
            f"{sum(duplicates.values()):,} rows share an interview id with others:"
            f" {listing({str(one): count for one, count in duplicates.items()})}"
        )
    if not versions:
        where = f" ({catalog.wave.version_variable})" if catalog.wave.version_variable else ""
        notes.append(f"the file names no version{where}, by which synthetic persons would be told from real ones")
    telling = [at for at, item in enumerate(catalog.items.values()) if item.variable in catalog.wave.key_variables]
    keys = person_keys(catalog.wave.id, ids, (coding.codes[telling],))
    report = ReadReport(
        source=source.name,
        format=source.kind,
        rows=rows,
        columns=len(header.names),
        versions=versions,
        absent_items=layout.absent_items,
        absent_demographics=layout.absent_demographics,
        absent_optional=layout.absent_optional,
        duplicate_ids=duplicates,
        synthetic="synthetic" in " ".join((*versions, header.title)).lower(),
    )
    answers = Answers(
        wave_id=catalog.wave.id,
        item_ids=tuple(catalog.items),
        codes=coding.codes,
        reasons=coding.reasons,
        demographic_ids=tuple(catalog.demographics),
        demographic_codes=coding.demographic_codes,
        demographic_reasons=coding.demographic_reasons,
        person_ids=keys,
        interview_ids=ids,
        country_codes=countries,
        years=years,
        versions=version_of_row,
        weights=weights,
        report=_with_counts(report, coding, notes),
    )
    progress("read", 1.0)
    return Gathered(answers, header, layout, waves)


def _with_counts(report: ReadReport, coding: Coding, notes: list[str]) -> ReadReport:
    return replace(
        report,
        unlisted=coding.unlisted,
        uncovered=coding.uncovered,
        folded=coding.folded,
        notes=(*notes, *coding.notes),
    )


def _kinds(layout: Layout, catalog: Catalog) -> dict[str, str]:
    """The columns to read, as the file spells them, and what each should hold."""
    kinds = dict.fromkeys(wanted_variables(catalog), "number")
    kinds |= {item.variable: "code" for item in catalog.items.values()}
    kinds |= {one.variable: "code" for one in catalog.demographics.values() if max(one.codes) < _INT16_CODES}
    kinds[catalog.wave.version_variable] = "text"
    return {layout.names[variable]: kind for variable, kind in kinds.items() if variable in layout.names}
