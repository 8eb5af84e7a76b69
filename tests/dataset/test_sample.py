"""The two doors to tasks, Python and the `tasks` config, give the very same sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS, probe_setup
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.load import load
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.dataset.people import People, people_of, read_people
from indievaluecatalog.dataset.sample import sample_tasks
from indievaluecatalog.errors import BuildError, SamplingError
from indievaluecatalog.sampling.protocol import OURS


@pytest.fixture(scope="module")
def people(build: Build) -> People:
    return read_people(build.path)


def test_the_config_holds_what_the_function_draws(build: Build) -> None:
    for split in ("validation", "test"):
        stored = load("tasks", split=split, path=build.path)
        drawn = sample_tasks(build.path, SETUPS, splits=[split])
        assert drawn.features == stored.features
        assert drawn.to_list() == stored.to_list()
        assert len(stored) == 3 * read_manifest(build.path)["rows"]["refined"][split]


def test_rows_from_the_hub_door_give_the_same(build: Build) -> None:
    rows = load("refined", split="test", path=build.path)
    assert sample_tasks(rows, 1).to_list() == sample_tasks(build.path, 1, splits=["test"]).to_list()


def test_a_task_reads_as_the_persons_own_statements(build: Build, catalog: Catalog) -> None:
    task = sample_tasks(build.path, 2, n_demonstrations=25, splits=["test"])[0]
    features = sample_tasks(build.path, 2, n_demonstrations=25, splits=["test"]).features
    persons = {row["person_id"]: row for row in load("refined", split="test", path=build.path)}
    person = persons[task["person_id"]]
    names = {
        column: features[column].feature.names for column in features if column.startswith(("demo", "prob", "answ"))
    }
    assert [names["probes"][at] for at in task["probes"]] == list(probe_setup(catalog, 2))
    for items, said in (("demonstrations", "demonstrations_refined"), ("probes", "answers_refined")):
        assert len(task[items]) == len(task[said]) == (25 if items == "demonstrations" else 39)
        for item, statement in zip(task[items], task[said], strict=True):
            item_id = names[items][item]
            assert names[said][statement].startswith(catalog.items[item_id].refined[person[item_id]].statement)
    for refined, polar in zip(task["answers_refined"], task["answers_polar"], strict=True):
        assert refined is not None
        assert polar is not None


def test_people_are_what_the_files_say(build: Build, people: People, catalog: Catalog) -> None:
    polar = pq.read_table(build.path / "data" / "polar" / "test-00000-of-00001.parquet")
    test = people.take(people.rows_of("test"))
    assert test.person_ids.tolist() == polar["person_id"].to_pylist()
    for row, item in enumerate(catalog.items):
        assert test.polar[row].tolist() == [-1 if value is None else value for value in polar[item].to_pylist()]
    assert people.identity.digest == read_manifest(build.path)["answers_digest"]
    assert people.identity.synthetic


def test_the_informative_order_needs_training_persons(build: Build, people: People) -> None:
    protocol = replace(OURS, order="informative")
    tasks = sample_tasks(people, 0, n_demonstrations=10, protocol=protocol)
    assert len({tuple(row["demonstrations"]) for row in tasks}) < len(tasks) / 2
    with pytest.raises(SamplingError, match="training persons, and there are none"):
        sample_tasks(people.take(people.rows_of("test")), 0, protocol=protocol)


def test_the_identity_is_that_of_the_answers_not_of_the_files(
    survey_file: Path, build: Build, built_again: Path, tmp_path: Path
) -> None:
    again = build_dataset(
        survey_file, tmp_path / "again", register=False, settings=BuildSettings(evaluation_persons=40)
    )
    assert read_people(again.path).identity.digest != read_people(build.path).identity.digest
    assert read_people(built_again).identity == read_people(build.path).identity


def test_paper_protocol_stores_its_own_tasks(paper_build: Build) -> None:
    tasks = load("tasks", split="test", path=paper_build.path)
    assert {len(row) for row in tasks["demonstrations"]} == {201}
    assert set(tasks["protocol"]) == {"paper"}
    assert paper_build.manifest["tasks"]["protocol"]["exclude"] == "asked"


def test_bad_requests(build: Build, people: People) -> None:
    with pytest.raises(SamplingError, match="no setup 7"):
        sample_tasks(people, 7)
    with pytest.raises(SamplingError, match="no setup was asked for"):
        sample_tasks(people, ())
    with pytest.raises(SamplingError, match="no split 'exam'"):
        sample_tasks(people, splits=["exam"])
    with pytest.raises(SamplingError, match="too few answers for 214"):
        sample_tasks(people, n_demonstrations=214)
    with pytest.raises(SamplingError, match="no protocol 'theirs'"):
        sample_tasks(people, protocol="theirs")
    with pytest.raises(BuildError, match="no split 'exam'"):
        read_people(build.path, splits=["exam"])
    with pytest.raises(BuildError, match="does not have the refined statements"):
        people_of(load("polar", split="test", path=build.path))
    with pytest.raises(BuildError, match="load the config 'refined'"):
        people_of(load("questions", split="train", path=build.path))
    with pytest.raises(BuildError, match="another catalog than the catalog given"):
        read_people(build.path, catalog=replace(people.catalog, categories=people.catalog.categories[::-1]))
