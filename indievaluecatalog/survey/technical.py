"""The columns of a file that are no answers: wave, ids, countries, years, weights, versions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.columns import ColumnError, Raw, TextColumn, to_float, to_whole
from indievaluecatalog.survey.problems import Problems
from indievaluecatalog.survey.wave_check import wave_labels, wave_problems, waves_found


class Technical:
    """Reads the technical columns of one file of n rows.

    Attributes:
        notes: what was remarkable, in sentences.
    """

    def __init__(
        self,
        raw: Mapping[str, Raw],
        rows: int,
        labels: Mapping[str, Mapping[str, int | None]],
        catalog: Catalog,
        problems: Problems,
    ) -> None:
        self.raw, self.rows, self.labels = raw, rows, labels
        self.wave, self.items, self.problems = catalog.wave, len(catalog.items), problems
        self.notes: list[str] = []

    def waves(self) -> dict[str, int]:
        """Wave -> number of rows; empty where the file does not say. Rows of other waves are a problem."""
        variable = self.wave.wave_variable
        if not variable:
            return {}
        if variable not in self.raw:
            self.notes.append(
                f"has no variable {variable}; taken for {self.wave.title} because it has the items of that wave"
            )
            return {}
        try:
            found = waves_found(to_whole(self.raw[variable], wave_labels(self.wave)))
        except ColumnError as error:
            self.problems.add(f"variable {variable} {error}: {_quoted(error)}; export the file with codes, not labels")
            return {}
        self.problems.extend(wave_problems(found, self.wave))
        return found

    def _numbers(self, variable: str) -> NDArray[np.float64]:
        """A column as numbers; NaN throughout where it is absent or no numbers."""
        if variable in self.raw:
            try:
                return to_float(self.raw[variable], self.labels.get(variable, {}))
            except ColumnError as error:
                self.problems.add(
                    f"variable {variable} {error}: {_quoted(error)}; export the file with codes, not labels"
                )
        return np.full(self.rows, np.nan)

    def _integers(self, variable: str, what: str, instead: int, largest: float) -> NDArray[np.int64]:
        numbers = self._numbers(variable)
        good = (numbers >= 0) & (numbers <= largest) & (numbers == np.floor(numbers))
        if variable in self.raw and not good.all():
            count = np.count_nonzero(~good)
            self.notes.append(f"{count:,} {'row has' if count == 1 else 'rows have'} no usable {what} ({variable})")
        return np.where(good, numbers, instead).astype(np.int64)

    def interview_ids(self) -> NDArray[np.int64]:
        """The file's own ids, shape (n,); -1 where there is none."""
        variable = self.wave.person_variable
        ids = self._integers(variable, "interview id", -1, 2.0**53)
        column = self.raw.get(variable)
        if isinstance(column, np.ndarray) and column.dtype == np.float32 and len(ids) and ids.max() > 2**24:
            self.notes.append(f"{variable} is stored with 24 bits, too few for its digits: ids are rounded and repeat")
        return ids

    def countries(self) -> NDArray[np.int32]:
        """Country codes, shape (n,); -1 where there is none."""
        return self._integers(self.wave.country_variable, "country", -1, 2.0**31 - 1).astype(np.int32)

    def years(self) -> NDArray[np.int16]:
        """Years of interview, shape (n,); 0 where there is none."""
        return self._integers(self.wave.year_variable, "year", 0, 9999).astype(np.int16)

    def weights(self) -> dict[str, NDArray[np.float64]]:
        """Weights the file has, each of shape (n,); NaN where negative or empty."""
        found = {}
        for name in (name for name in self.wave.weights if name in self.raw):
            values = self._numbers(name)
            good = (values >= 0) & np.isfinite(values)
            if not good.all():
                self.notes.append(f"{np.count_nonzero(~good):,} rows have no usable weight {name}: negative or empty")
            found[name] = np.where(good, values, np.nan)
        return found

    def versions(self) -> tuple[tuple[str, ...], NDArray[np.int16]]:
        """The distinct versions the file names, sorted, and which of them each row has, shape (n,); -1: none."""
        column = self.raw.get(self.wave.version_variable)
        if column is None:
            return (), np.full(self.rows, -1, np.int16)
        if isinstance(column, TextColumn):
            texts = [text.strip() for text in column.texts]
            index: NDArray[np.signedinteger] = column.index
        else:
            numbers, index = np.unique(column.astype(np.float64), return_inverse=True)
            texts = ["" if np.isnan(number) else f"{number:g}" for number in numbers]
        used = {texts[one] for one in np.unique(index) if one >= 0} - {""}
        versions = tuple(sorted(used))
        place = {text: at for at, text in enumerate(versions)}
        # One place more, which index -1 finds: no version.
        places = np.array([*(place.get(text, -1) for text in texts), -1], np.int16)
        return versions, places[index]


def _quoted(error: ColumnError) -> str:
    return ", ".join(repr(text[:60]) for text in error.texts) or "not readable"
