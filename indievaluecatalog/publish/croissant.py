"""Croissant metadata (JSON-LD) of what is pushed: files with digests, columns with types, and the class names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog.dataset.features import DEFAULT_CONFIG
from indievaluecatalog.publish.gate import split_card

CROISSANT = "croissant.json"
_LABELS = "labels"
_KINDS = {"string": "sc:Text", "bool": "sc:Boolean", "int64": "sc:Integer", "float64": "sc:Float"}


@dataclass(frozen=True, slots=True)
class Table:
    """One Parquet file: where in the repository, SHA-256 (hex), bytes, and where on this machine."""

    path: str
    sha256: str
    size: int
    place: Path

    @property
    def config(self) -> str:
        """The config it belongs to: data/CONFIG/SPLIT-*.parquet."""
        return self.path.split("/")[1]


def croissant_text(tables: Sequence[Table], manifest: Mapping[str, Any], repo: str, endpoint: str, card: str) -> str:
    """The text of croissant.json; holds no date, so that it repeats.

    A class column is a number in its record set; its names are the rows of record set `labels` whose `label_set` is
    the one the column's description names.

    Args:
        tables: the Parquet files, each with its features in its own metadata.
        manifest: name, wave and package of the build.
        repo: ORG/NAME.
        endpoint: address of the Hub.
        card: README.md, for title, licence and tags.
    """
    meta = yaml.safe_load(split_card(card)[0])
    source = f"{endpoint}/datasets/{repo}"
    label_sets: dict[tuple[str, ...], str] = {}
    configs = {table.config: table for table in tables}
    record_sets = [_record_set(config, table, label_sets) for config, table in configs.items()]
    content = {
        "@context": json.loads(
            package_files("indievaluecatalog").joinpath("publish", "croissant_context.json").read_text("utf-8")
        ),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": manifest["name"],
        "description": f"{meta['pretty_name']}: {_told(manifest)}.",
        "license": meta.get("license_name", meta["license"]),
        "url": source,
        "version": manifest["package"]["indievaluecatalog"],
        "keywords": meta["tags"],
        "inLanguage": meta["language"],
        "distribution": [*_repository(source), *_file_sets(configs), *(_file(table) for table in tables)],
        "recordSet": [*record_sets, _labels(label_sets)] if label_sets else record_sets,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _told(manifest: Mapping[str, Any]) -> str:
    """What the tables hold."""
    if DEFAULT_CONFIG not in manifest["rows"]:
        return "the statements that answers become, and no respondents"
    whose = (
        "synthetic persons, not survey data, in the form of" if manifest.get("synthetic") is True else "respondents of"
    )
    return f"answers of {whose} survey {manifest['wave']}, as first-person statements"


def _repository(source: str) -> Iterable[dict[str, Any]]:
    yield {
        "@type": "cr:FileObject",
        "@id": "repository",
        "name": "repository",
        "description": "The git repository on the Hub.",
        "contentUrl": source,
        "encodingFormat": "git+https",
        # The format asks for a digest, which a repository has not; its files below have theirs.
        "sha256": "https://github.com/mlcommons/croissant/issues/80",
    }


def _file_sets(configs: Iterable[str]) -> Iterable[dict[str, Any]]:
    for config in configs:
        yield {
            "@type": "cr:FileSet",
            "@id": f"files-{config}",
            "containedIn": {"@id": "repository"},
            "encodingFormat": "application/x-parquet",
            "includes": f"data/{config}/*.parquet",
        }


def _file(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": table.path,
        "name": table.path,
        "containedIn": {"@id": "repository"},
        "contentUrl": table.path,
        "contentSize": f"{table.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": table.sha256,
    }


def _features(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    metadata = pq.read_schema(path).metadata or {}
    found: dict[str, Any] = json.loads(metadata[b"huggingface"])["info"]["features"]
    return found


def _record_set(config: str, table: Table, label_sets: dict[tuple[str, ...], str]) -> dict[str, Any]:
    fields = []
    for name, feature in _features(table.place).items():
        repeated = "feature" in feature
        inner = feature["feature"] if repeated else feature
        if "_type" not in inner:
            parts = [_field(f"{config}/{name}/{part}", kind, {}, "") for part, kind in inner.items()]
            entry: dict[str, Any] = {
                "@type": "cr:Field", "@id": f"{config}/{name}", "name": f"{config}/{name}", "subField": parts,
            }  # fmt: skip
            for part, kind in zip(parts, inner, strict=True):
                part["source"] = _source(config, name) | {"transform": {"jsonPath": kind}}
        else:
            described = ""
            if inner["_type"] == "ClassLabel":
                names = tuple(inner["names"])
                described = f"Class number; its names are label set {label_sets.setdefault(names, f'{config}/{name}')}."
            entry = _field(f"{config}/{name}", inner, _source(config, name), described)
        if repeated:
            entry["repeated"] = True
        fields.append(entry)
    return {"@type": "cr:RecordSet", "@id": config, "name": config, "field": fields}


def _source(config: str, column: str) -> dict[str, Any]:
    return {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": column}}


def _field(name: str, feature: Mapping[str, Any], source: Mapping[str, Any], description: str) -> dict[str, Any]:
    kind = "sc:Integer" if feature["_type"] == "ClassLabel" else _KINDS[feature["dtype"]]
    entry = {"@type": "cr:Field", "@id": name, "name": name, "dataType": kind, "source": source}
    return entry | ({"description": description} if description else {})


def _labels(label_sets: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    def inline(name: str, kind: str) -> dict[str, Any]:
        return {"@type": "cr:Field", "@id": f"{_LABELS}/{name}", "name": f"{_LABELS}/{name}", "dataType": kind}

    rows = [
        {f"{_LABELS}/label_set": owner, f"{_LABELS}/class_number": number, f"{_LABELS}/class_name": name}
        for names, owner in label_sets.items()
        for number, name in enumerate(names)
    ]
    kinds = {"label_set": "sc:Text", "class_number": "sc:Integer", "class_name": "sc:Text"}
    return {
        "@type": "cr:RecordSet",
        "@id": _LABELS,
        "name": _LABELS,
        "description": "Names of the classes of every class column.",
        "key": [{"@id": f"{_LABELS}/label_set"}, {"@id": f"{_LABELS}/class_number"}],
        "field": [inline(name, kind) for name, kind in kinds.items()],
        "data": rows,
    }
