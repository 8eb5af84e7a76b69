"""The truth beside a made-up survey file: each person's traits, and the model that turned them into answers."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.synthetic.model import ItemModel, Model, PickLimit
from indievaluecatalog.survey.synthetic.population import Population, TrueModel
from indievaluecatalog.survey.synthetic.traits import Traits
from indievaluecatalog.survey.synthetic.write import replacing

_KEY = b"indievaluecatalog.synthetic"
_VERSION = 1
_FLOATS = ("loadings", "country", "cuts", "off_shares")


def write_traits(population: Population, path: str | Path) -> None:
    """Write the true traits as Parquet, a row a person in the survey file's order, the model in its metadata.

    Columns: `row` (from 0), `interview_id`, `country` (code), a column a factor, `acquiescence`, `extremeness`.

    Raises:
        SurveyError: another ending than `.parquet`, or a folder or file that cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".parquet":
        raise SurveyError(f"{target}: traits are written as .parquet")
    traits, model = population.traits, population.model
    country = np.array(model.country_codes, dtype=np.int32)[traits.country]
    columns: dict[str, NDArray[Any]] = {
        "row": np.arange(len(traits), dtype=np.int64),
        "interview_id": population.columns.get(
            population.catalog.wave.person_variable, np.full(len(traits), -1, dtype=np.int64)
        ),
        "country": country,
    }
    columns |= {f"factor_{name}": traits.factors[:, i] for i, name in enumerate(model.factor_names)}
    columns |= {"acquiescence": traits.acquiescence, "extremeness": traits.extremeness}
    facts = {
        "version": _VERSION,
        "what": "true traits of synthetic respondents (not survey data)",
        "wave": population.catalog.wave.id,
        "catalog_digest": population.catalog.digest,
        "seed": population.seed,
        "model": _model_to_plain(model),
    }
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(facts, separators=(",", ":"))})
    with replacing(target) as beside:
        pq.write_table(table, beside, compression="zstd")


def read_traits(path: str | Path) -> TrueModel:
    """The truth behind a population, as `write_traits` wrote it; `true_probabilities` takes it.

    Raises:
        SurveyError: no such file, or not one that `write_traits` wrote.
    """
    try:
        table = pq.read_table(path)
        facts = json.loads((table.schema.metadata or {})[_KEY])
        if facts["version"] != _VERSION:
            raise SurveyError(f"{path}: written by another version of this package; write it again")
        model = _model_from_plain(facts["model"])
        factors = [table[f"factor_{name}"].to_numpy() for name in model.factor_names]
        position = {code: index for index, code in enumerate(model.country_codes)}
        traits = Traits(
            factors=np.stack(factors, axis=1).astype(np.float32),
            acquiescence=table["acquiescence"].to_numpy(),
            extremeness=table["extremeness"].to_numpy(),
            country=np.array([position[code] for code in table["country"].to_pylist()], dtype=np.int16),
        )
        return TrueModel(traits, model, table["interview_id"].to_numpy())
    except (OSError, pa.ArrowInvalid, KeyError, ValueError) as error:
        raise SurveyError(f"{path}: no file of true traits: {error}") from error


def _exact(values: NDArray[Any]) -> list[Any]:
    """Nested lists of the array; nine digits keep a 32-bit number as it is."""
    if values.ndim == 1:
        return [float(f"{value:.9g}") for value in values]
    return [_exact(row) for row in values]


def _model_to_plain(model: Model) -> dict[str, Any]:
    items = []
    for item in model.items.values():
        plain = {f.name: getattr(item, f.name) for f in fields(item)}
        items.append(plain | {name: _exact(plain[name]) for name in _FLOATS})
    return {
        "factor_names": model.factor_names,
        "country_codes": model.country_codes,
        "factor_mean": _exact(model.factor_mean),
        "factor_std": _exact(model.factor_std),
        "acquiescence": model.acquiescence,
        "extremeness": model.extremeness,
        "items": items,
        "limits": [{"items": x.items, "picked": x.picked, "most": x.most} for x in model.limits],
        "second_choices": dict(model.second_choices),
    }


def _model_from_plain(plain: dict[str, Any]) -> Model:
    countries = len(plain["country_codes"])
    items = {}
    for entry in plain["items"]:
        arrays = {name: np.array(entry[name], dtype=np.float32) for name in _FLOATS}
        arrays["off_shares"] = arrays["off_shares"].reshape(countries, len(entry["off_codes"]))
        lists = {name: tuple(entry[name]) for name in ("listed", "codes", "off_codes")}
        items[entry["item_id"]] = ItemModel(**(entry | arrays | lists))
    return Model(
        factor_names=tuple(plain["factor_names"]),
        country_codes=tuple(plain["country_codes"]),
        factor_mean=np.array(plain["factor_mean"], dtype=np.float32),
        factor_std=np.array(plain["factor_std"], dtype=np.float32),
        acquiescence=plain["acquiescence"],
        extremeness=plain["extremeness"],
        items=items,
        limits=tuple(PickLimit(tuple(x["items"]), x["picked"], x["most"]) for x in plain["limits"]),
        second_choices=plain["second_choices"],
    )
