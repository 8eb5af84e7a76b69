"""`read_survey`: a survey file in, one table of answers out."""

from __future__ import annotations

from pathlib import Path

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.answers import Answers
from indievaluecatalog.survey.engines import Engine, check_engine
from indievaluecatalog.survey.gather import Progress, gather
from indievaluecatalog.survey.problems import Problems
from indievaluecatalog.survey.sources import open_source


def read_survey(
    path: str | Path, catalog: Catalog, *, engine: Engine = "auto", progress: Progress | None = None
) -> Answers:
    """Read a survey file into answers to a catalog's items and demographics.

    Only the columns the catalog names are read. The answers are the same whatever the format. Nothing is dropped:
    what is not plain is counted in the report that comes with the answers.

    Args:
        path: .sav, .zsav, .dta, .csv, .csv.gz or .parquet, or a .zip around one of them.
        catalog: what is asked, and how the wave names its technical variables.
        engine: how SPSS files are read. "pyreadstat" comes with the package; "fast" needs the extra `fast` and
            gives the same; "auto" takes the fast one where it is installed and falls back on the other.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        SurveyError: the file cannot be read or is not of the catalog's wave; the message says which file and
            variable, and what to do.
        MissingExtraError: engine "fast" without its packages.
        CatalogError: an item whose codes do not fit in a byte.
    """
    check_engine(engine)
    with open_source(path) as source:
        problems = Problems(source.shown, strict=True)
        return gather(source, catalog, engine, progress or _silent, problems).answers


def _silent(stage: str, done: float) -> None:
    """Tell nobody."""
