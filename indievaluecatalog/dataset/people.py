"""Persons of a built dataset as arrays: what is sampled from, predicted and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.features import option_names
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.manifest import filled_splits, read_manifest
from indievaluecatalog.dataset.splits import SPLITS
from indievaluecatalog.dataset.write import parquet_name
from indievaluecatalog.errors import BuildError
from indievaluecatalog.sampling.protocol import OURS, Protocol

if TYPE_CHECKING:
    from datasets import Dataset

ROWS_AT_A_TIME = 25_000


@dataclass(frozen=True, slots=True)
class DatasetIdentity:
    """Which dataset a result is about.

    Attributes:
        name: of the dataset; synthetic ones say so in it.
        digest: SHA-256 (hex) of the answers and splits, so that a new card or library changes nothing.
        catalog_digest: of the catalog it was built with.
        wave: id of the catalog.
        synthetic: whether its persons are.
    """

    name: str
    digest: str
    catalog_digest: str
    wave: str
    synthetic: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """n persons of one dataset.

    Attributes:
        catalog: i items, d demographics.
        identity: which dataset they are of.
        person_ids: text, shape (n,).
        splits: int8, shape (n,): index into SPLITS.
        refined, polar: int8, shape (i, n): option position, NO_OPTION without a valid answer.
        demographics: int16, shape (d, n): option position or NO_OPTION.
        weights: name -> float64, shape (n,); NaN where missing.
        protocol: the one the dataset was built by, by which its tasks are drawn unless another is asked for.
    """

    catalog: Catalog
    identity: DatasetIdentity
    person_ids: NDArray[np.str_]
    splits: NDArray[np.int8]
    refined: NDArray[np.int8]
    polar: NDArray[np.int8]
    demographics: NDArray[np.int16]
    weights: Mapping[str, NDArray[np.float64]]
    protocol: Protocol = OURS

    def __len__(self) -> int:
        return len(self.person_ids)

    def of(self, granularity: Granularity) -> NDArray[np.int8]:
        """The option positions at one granularity, shape (i, n)."""
        return self.refined if granularity == "refined" else self.polar

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether each answer is valid, shape (i, n)."""
        found: NDArray[np.bool_] = self.refined != NO_OPTION
        return found

    def demographic(self, name: str) -> NDArray[np.int16]:
        """One demographic's option positions, shape (n,). Raises ValueError for one the catalog lacks."""
        found: NDArray[np.int16] = self.demographics[list(self.catalog.demographics).index(name)]
        return found

    def rows_of(self, *splits: str) -> NDArray[np.intp]:
        """Positions of the persons of some splits, in order."""
        return np.flatnonzero(np.isin(self.splits, [SPLITS.index(split) for split in splits]))

    def take(self, rows: NDArray[np.intp]) -> People:
        """Some persons, in the order asked for."""
        return replace(
            self,
            person_ids=self.person_ids[rows],
            splits=self.splits[rows],
            refined=self.refined[:, rows],
            polar=self.polar[:, rows],
            demographics=self.demographics[:, rows],
            weights={name: values[rows] for name, values in self.weights.items()},
        )


def polar_of_refined(catalog: Catalog) -> NDArray[np.int8]:
    """t[item, refined option] = polar option; the last column is NO_OPTION, which NO_OPTION (-1) finds."""
    widest = max(len(item.refined) for item in catalog.items.values())
    table = np.full((len(catalog.items), widest + 1), NO_OPTION, dtype=np.int8)
    for row, item in enumerate(catalog.items.values()):
        for index, option in enumerate(item.refined):
            found = item.option_index(option.codes[0], "polar")
            table[row, index] = NO_OPTION if found is None else found
    return table


def catalog_of(manifest: Mapping[str, Any], catalog: Catalog | str | Path | None = None) -> Catalog:
    """The catalog a dataset was built with: the one given, or the shipped one of the dataset's wave.

    Raises:
        BuildError: it is another one, by digest; says what to do.
        CatalogError: there is no such catalog.
    """
    found = catalog if isinstance(catalog, Catalog) else load_catalog(catalog or str(manifest["wave"]))
    if found.digest != manifest["catalog_digest"]:
        given = "the catalog given" if catalog is not None else f"the shipped catalog {manifest['wave']}"
        raise BuildError(
            f"the dataset was built with another catalog than {given} (digest {manifest['catalog_digest'][:12]}, "
            f"not {found.digest[:12]}): name its folder (--catalog DIR), or build the dataset again"
        )
    return found


def read_people(
    path: str | Path | None = None,
    *,
    splits: Sequence[str] = SPLITS,
    catalog: Catalog | str | Path | None = None,
) -> People:
    """Read the persons of a built dataset; a second for 97,000, in bounded memory.

    Args:
        path: the build's folder; None for ./build/indievaluecatalog or else the last one built.
        splits: which of train, validation, test.
        catalog: the catalog it was built with, where that is not a shipped one.

    Raises:
        BuildError: no build, an unknown split, or another catalog.
    """
    for split in splits:
        if split not in SPLITS:
            raise BuildError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    folder = find_build(path)
    manifest = read_manifest(folder)
    found = catalog_of(manifest, catalog)
    identity = DatasetIdentity(
        name=manifest["name"],
        digest=manifest["answers_digest"],
        catalog_digest=manifest["catalog_digest"],
        wave=manifest["wave"],
        synthetic=manifest.get("synthetic") is True,
    )
    parts = []
    for split in splits:
        if split not in filled_splits(manifest, "refined"):
            continue
        file = folder / "data" / "refined" / parquet_name(split)
        try:
            parts += list(_read_file(file, split, found, identity))
        except (OSError, pa.ArrowException, KeyError) as error:
            raise BuildError(f"{file}: cannot be read: {error}. Build the dataset again.") from error
    return replace(_joined(parts, found, identity), protocol=Protocol.from_dict(manifest["tasks"]["protocol"]))


def people_of(dataset: Dataset, *, catalog: Catalog | str | Path | None = None, split: str = "test") -> People:
    """Persons of the `refined` config as `load_dataset` gives it, for instance from the Hub.

    The identity's digest is that of the answers themselves, since the rows say nothing of the folder.

    Args:
        dataset: rows of the `refined` config.
        catalog: the catalog it was built with; None for the shipped one of the rows' wave.
        split: which split the persons are counted to, where the dataset does not say.

    Raises:
        BuildError: not the `refined` config, no rows, or another catalog.
    """
    import hashlib

    absent = [name for name in ("person_id", "wave", "synthetic") if name not in dataset.column_names]
    if not len(dataset) or absent:
        raise BuildError(f"the dataset has no {'column ' + absent[0] if absent else 'rows'}: load the config 'refined'")
    wave = str(dataset[0]["wave"])
    found = catalog if isinstance(catalog, Catalog) else load_catalog(catalog or wave)
    for item in found.items.values():
        feature = dataset.features.get(item.id)
        if getattr(feature, "names", None) != option_names(item.refined):
            raise BuildError(
                f"column {item.id} does not have the refined statements of the catalog {found.wave.id}: load the "
                f"config 'refined' of a dataset that was built with this catalog"
            )
    lacking = [name for name in found.demographics if name not in dataset.column_names]
    if lacking:
        raise BuildError(f"the rows have no column {lacking[0]}: load the config 'refined' with all its columns")
    named = str(dataset.split) if dataset.split is not None else split
    identity = DatasetIdentity("", "", found.digest, wave, bool(dataset[0]["synthetic"]))
    table = dataset.with_format("arrow")[:]
    people = _of_table(table, named if named in SPLITS else split, found, identity)
    if len(np.unique(people.person_ids)) != len(people):
        raise BuildError("the rows hold the same person more than once")
    digest = hashlib.sha256("\n".join(people.person_ids.tolist()).encode() + people.refined.tobytes()).hexdigest()
    return replace(people, identity=replace(identity, name="rows of a dataset", digest=digest))


def _read_file(path: Path, split: str, catalog: Catalog, identity: DatasetIdentity) -> Sequence[People]:
    with pq.ParquetFile(path) as file:
        weights = [name for name in catalog.wave.weights if name in file.schema_arrow.names]
        columns = ["person_id", *weights, *catalog.demographics, *catalog.items]
        return [
            _of_table(pa.Table.from_batches([batch]), split, catalog, identity)
            for batch in file.iter_batches(ROWS_AT_A_TIME, columns=columns)
        ]


def _of_table(table: pa.Table, split: str, catalog: Catalog, identity: DatasetIdentity) -> People:
    refined = np.empty((len(catalog.items), len(table)), np.int8)
    for row, item in enumerate(catalog.items):
        refined[row] = table[item].fill_null(NO_OPTION).to_numpy()
    demographics = np.empty((len(catalog.demographics), len(table)), np.int16)
    for row, demographic in enumerate(catalog.demographics):
        demographics[row] = table[demographic].fill_null(NO_OPTION).to_numpy()
    return People(
        catalog=catalog,
        identity=identity,
        person_ids=np.array(table["person_id"].to_pylist(), dtype=np.str_),
        splits=np.full(len(table), SPLITS.index(split), np.int8),
        refined=refined,
        polar=polar_of_refined(catalog)[np.arange(len(catalog.items))[:, None], refined],
        demographics=demographics,
        weights={
            name: table[name].to_numpy().astype(np.float64)
            for name in catalog.wave.weights
            if name in table.column_names
        },
    )


def _joined(parts: Sequence[People], catalog: Catalog, identity: DatasetIdentity) -> People:
    if not parts:
        items, demographics = len(catalog.items), len(catalog.demographics)
        nobody = np.empty((items, 0), np.int8)
        return People(
            catalog=catalog,
            identity=identity,
            person_ids=np.empty(0, np.str_),
            splits=np.empty(0, np.int8),
            refined=nobody,
            polar=nobody,
            demographics=np.empty((demographics, 0), np.int16),
            weights={},
        )
    return replace(
        parts[0],
        person_ids=np.concatenate([part.person_ids for part in parts]),
        splits=np.concatenate([part.splits for part in parts]),
        refined=np.concatenate([part.refined for part in parts], axis=1),
        polar=np.concatenate([part.polar for part in parts], axis=1),
        demographics=np.concatenate([part.demographics for part in parts], axis=1),
        weights={name: np.concatenate([part.weights[name] for part in parts]) for name in parts[0].weights},
    )
