"""`load_dataset` as a new user would call it, in every place, and other readers of the same files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.features import CONFIGS
from indievaluecatalog.dataset.load import load, person_statements
from indievaluecatalog.dataset.register import register_build
from indievaluecatalog.dataset.write import config_splits, parquet_name
from indievaluecatalog.errors import BuildError

ROOT = Path(__file__).parents[2]


def run(program: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


ALL_CONFIGS = (
    "from datasets import load_dataset\n"
    "d = load_dataset({name!r})\n"
    "print(sum(len(s) for s in d.values()), d['test'].features['Q1'].int2str(0))\n"
    f"for c in {CONFIGS!r}:\n"
    "    print(c, sum(len(s) for s in load_dataset({name!r}, c).values()))\n"
    "print(next(iter(load_dataset({name!r}, split='test', streaming=True)))['person_id'])\n"
)


def expected_of(build: Build) -> list[str]:
    rows = {config: sum(splits.values()) for config, splits in build.manifest["rows"].items()}
    lines = [f"{rows['refined']} Family is very important in my life."]
    return lines + [f"{config} {rows[config]}" for config in CONFIGS]


def test_a_in_a_checkout_where_the_package_folder_has_that_name(build: Build, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "indievaluecatalog", tmp_path / "indievaluecatalog")
    shutil.copytree(build.path, tmp_path / "build" / "indievaluecatalog")
    lines = run(ALL_CONFIGS.replace("{name!r}", "'indievaluecatalog'"), tmp_path).splitlines()
    assert lines[:-1] == expected_of(build)


def test_b_in_an_empty_folder_offline(build: Build, tmp_path: Path) -> None:
    run(f"from datasets import load_dataset; load_dataset({str(build.path)!r}, 'polar')", tmp_path)
    program = ALL_CONFIGS.replace("{name!r}", "'indievaluecatalog'").rsplit("\n", 2)[0]
    assert run(program, tmp_path).splitlines() == expected_of(build)


def test_c_as_a_path(build: Build, tmp_path: Path) -> None:
    lines = run(ALL_CONFIGS.replace("{name!r}", repr(str(build.path))), tmp_path).splitlines()
    assert lines[:-1] == expected_of(build)


@pytest.mark.slow
def test_the_build_registered_last_is_the_one_found(build: Build, survey_file: Path, tmp_path: Path) -> None:
    other = build_dataset(survey_file, tmp_path / "other", settings=BuildSettings(seed=4))
    program = "from datasets import load_dataset; print(load_dataset('indievaluecatalog')['test'][0]['person_id'])"
    try:
        first = load("refined", split="test", path=other.path)[0]["person_id"]
        assert run(program, tmp_path).strip() == first
    finally:
        register_build(build.path)
    assert run(program, tmp_path).strip() == load("refined", split="test", path=build.path)[0]["person_id"]


def test_load_finds_the_last_registered_build_from_anywhere(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(load("polar", split="test")) == build.manifest["rows"]["polar"]["test"]
    assert set(load("polar")) == {"train", "validation", "test"}


@pytest.mark.parametrize("config", CONFIGS)
def test_every_config_streams_what_it_loads(build: Build, config: str) -> None:
    split = config_splits(config)[0]
    streamed = next(iter(load(config, split=split, path=build.path, streaming=True)))
    assert streamed == load(config, split=split, path=build.path)[0]


def test_load_says_what_is_wrong(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BuildError, match="no config 'other'"):
        load("other", path=build.path)
    with pytest.raises(BuildError, match="no split 'dev'"):
        load("refined", split="dev", path=build.path)
    with pytest.raises(BuildError, match="no finished build"):
        load(path=tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(BuildError, match="indievaluecatalog demo"):
        load()


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_row_reads_as_sentences(build: Build, catalog: Catalog, granularity: str) -> None:
    persons = load(granularity, split="test", path=build.path)
    lists = load("statements", split="test", path=build.path)
    names = lists.features[granularity].feature.names
    for row, ids in zip(persons.select(range(5)), lists.select(range(5)), strict=True):
        said = person_statements(row, catalog, granularity)  # type: ignore[arg-type]
        assert list(said.values()) == [names[index] for index in ids[granularity]]
        assert row["n_answers"] == len(said)


@pytest.mark.parametrize("config", CONFIGS)
def test_pandas_polars_and_duckdb_read_the_same_rows(build: Build, config: str) -> None:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    for split in config_splits(config):
        path = build.path / "data" / config / parquet_name(split)
        rows = build.manifest["rows"][config][split]
        assert len(pd.read_parquet(path)) == rows
        assert pl.read_parquet(path).height == rows
        assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(rows,)]
    schema = pq.read_schema(path)
    numbers = [field.name for field in schema if pa.types.is_int64(field.type)]
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    frame = pl.read_parquet(path)
    types = dict(duckdb.sql(f"select column_name, column_type from (describe select * from '{path}')").fetchall())
    assert {frame.schema[name] for name in numbers} <= {pl.Int64}
    assert {types[name] for name in numbers} <= {"BIGINT"}
    assert {frame.schema[name] for name in texts} <= {pl.String}
    assert {types[name] for name in texts} <= {"VARCHAR"}
    first = texts[0]
    expected = pq.read_table(path)[first].to_pylist()
    assert frame[first].to_list() == expected
    assert pd.read_parquet(path)[first].tolist() == expected


def test_sql_users_turn_an_id_into_text(build: Build) -> None:
    import duckdb

    data = build.path / "data"
    found = duckdb.sql(
        f"select o.statement, count(*) from '{data}/refined/*.parquet' p "
        f"join '{data}/options/*.parquet' o on o.id = 'Q1' and o.granularity = 'refined' and o.option = p.Q1 "
        "group by 1 order by 2 desc"
    ).fetchall()
    assert "Family is very important in my life." in {statement for statement, _ in found}


def test_class_columns_are_int64_with_names(build: Build) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(build.path / "data" / "refined" / parquet_name("test"))
    assert schema.field("Q1").type == pa.int64()
    assert schema.field("B_COUNTRY").type == pa.int64()
