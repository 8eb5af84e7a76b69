"""Training data that a fine-tuning may use: of the right dataset and catalog, with text, and giving nothing away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.dataset.manifest import MANIFEST
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig
from indievaluecatalog.reasoners.training_data.listing import find_mixture
from indievaluecatalog.reasoners.training_data.manifest import check_training_data
from indievaluecatalog.reasoners.training_data.write import Progress, write_training_data

CHECKED = ("item", "demonstrations")


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training data on disk.

    Attributes:
        folder: where it lies.
        manifest: what it says of itself.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def prompt(self) -> Mapping[str, Any]:
        """The first unit's prompt: its version and order of options are those of all units."""
        return dict(next(iter(self.manifest["prompts"].values())))

    @property
    def chat(self) -> bool:
        """Whether its texts are messages, not prompts as plain text."""
        return bool(self.manifest["text"] != "plain")

    @property
    def files(self) -> list[str]:
        """Its files of Parquet, in order."""
        return [str(path) for path in sorted((self.folder / "data").glob("train-*.parquet"))]


def make_data(config: FinetuneConfig, people: People, progress: Progress | None = None) -> TrainingData:
    """Draw and write what a config asks for, or take what it names.

    Args:
        config: with `data`, or else a mixture; that is written into `out`, unless it lies there from an earlier call.
        people: of the dataset.
        progress: called with rows done and rows in all.

    Raises:
        ReasonerError: no such mixture, nobody to train on, or data that cannot be used: see `use_data`.
    """
    if config.data is not None:
        return use_data(config.data, people)
    # By the config, so that what was made by another one is never taken for it.
    place = Path(config.out) / "training-data" / config.digest[:12]
    if made := sorted(place.glob(f"*/{MANIFEST}")):
        return use_data(made[0].parent, people)
    mixture = find_mixture(
        config.mixture if isinstance(config.mixture, str) else list(config.mixture),
        file=config.units_file,
        size=config.persons,
    )
    if not len(people.rows_of("train")):
        raise ReasonerError(
            "the dataset has no persons in its train split: evaluation persons are never trained on, so that a "
            "dataset with others is needed"
        )
    hold_out = config.hold_out if isinstance(config.hold_out, float | int) else list(config.hold_out)
    written = write_training_data(
        people,
        mixture,
        place,
        hold_out=hold_out,
        too_few=config.too_few,
        progress=progress,
    )
    return use_data(written.folder, people)


def use_data(folder: str | Path, people: People) -> TrainingData:
    """Training data that fits the dataset it is evaluated on.

    Raises:
        ReasonerError: no training data, data changed since it was written, data without text, of another catalog or
            another dataset, or a row that shows the answer it asks for.
    """
    path = Path(folder)
    manifest = check_training_data(path)
    for what, found, wanted in (
        ("catalog", manifest["catalog_digest"], people.identity.catalog_digest),
        ("dataset", manifest["dataset"]["digest"], people.identity.digest),
    ):
        if found != wanted:
            raise ReasonerError(
                f"{path}: made from another {what} than {people.identity.name} (digest {found[:12]}, not "
                f"{wanted[:12]}), so that persons kept for evaluation might be in it. Make it again from this one"
            )
    if manifest["text"] == "none":
        raise ReasonerError(f"{path}: holds numbers alone; write it with text='messages' to train a language model")
    data = TrainingData(path, manifest)
    for file in data.files:
        _check_rows(file, list(people.catalog.items))
    return data


def _check_rows(file: str, items: list[str]) -> None:
    """Refuse rows whose item is among its own demonstrations."""
    places = pa.array(items)
    with pq.ParquetFile(file) as rows:
        start = 0
        for part in rows.iter_batches(50_000, columns=list(CHECKED)):
            shown = part.column("demonstrations")
            asked = _positions(part.column("item"), places)
            lengths = np.diff(shown.offsets.to_numpy())
            wrong = shown.flatten().to_numpy() == np.repeat(asked, lengths)
            if wrong.any():
                row = int(np.repeat(np.arange(len(asked)), lengths)[wrong][0])
                raise ReasonerError(
                    f"{Path(file).name}: row {start + row}: a probe is among its own demonstrations: "
                    f"{items[asked[row]]}. Make the data again"
                )
            start += len(asked)


def _positions(column: Any, places: Any) -> NDArray[np.int64]:
    """Position of each named item; -1 for a name the catalog lacks."""
    import pyarrow.compute as pc

    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    found: NDArray[np.int64] = pc.fill_null(pc.index_in(plain, places), -1).to_numpy(zero_copy_only=False)
    return found
