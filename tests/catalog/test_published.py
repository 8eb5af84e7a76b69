"""Import of a catalog in the published JSON-lines format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.catalog.published import import_published
from indievaluecatalog.errors import CatalogError

ODD = "No capital, braces {like} these, \u2028 a  double space, \u201cquotes\u201d and no full stop "


def lines_of(catalog: Catalog, granularity: Granularity) -> list[dict[str, Any]]:
    """The catalog's own content dressed as published lines, with wording of another kind."""
    return [
        {
            "question_id": item.id,
            "answer_ids": [list(option.codes) for option in item.options(granularity)],
            "converted_statements": [f"{ODD}{item.id} {option.codes}" for option in item.options(granularity)],
            "answer_vars": [option.label for option in item.options(granularity)],
            "question_vars": {},
            "statement_template": "{}",
            "is_refined": granularity == "refined",
            "question_category": item.category,
            "question_type": "ordinal",
        }
        for item in catalog.items.values()
    ]


def demographic_lines(catalog: Catalog) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for demographic in catalog.demographics.values():
        line: dict[str, Any] = {
            "question_id": demographic.id,
            "question_id_converted": demographic.variable,
            "question_category": "Demographics",
        }
        if len(demographic.options) > 20:
            texts = {str(code): o.label for o in demographic.options for code in o.codes}
            line |= {"answer_vars_map": texts, "statement_template": demographic.id + " is {answer}"}
        else:
            line |= {
                "answer_ids": [list(option.codes) for option in demographic.options],
                "converted_statements": [f"{demographic.id}: {o.label}" for o in demographic.options],
            }
        lines.append(line)
    return lines


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture
def published(catalog: Catalog, tmp_path: Path) -> tuple[Path, Path, Path]:
    return (
        write(tmp_path / "refined.jsonl", lines_of(catalog, "refined")),
        write(tmp_path / "polar.jsonl", lines_of(catalog, "polar")),
        write(tmp_path / "demographics.jsonl", demographic_lines(catalog)),
    )


def test_statements_come_through_byte_for_byte(
    catalog: Catalog, published: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    refined, polar, demographics = published
    import_published(refined, polar, demographics, tmp_path / "theirs")
    theirs = load_catalog(tmp_path / "theirs")
    assert list(theirs.items) == list(catalog.items)
    for item in theirs.items.values():
        assert [o.statement for o in item.refined] == [f"{ODD}{item.id} {o.codes}" for o in item.refined]
        assert [o.codes for o in item.polar] == [o.codes for o in catalog.items[item.id].polar]
        assert item.uncovered == catalog.items[item.id].uncovered
    assert list(theirs.demographics) == list(catalog.demographics)
    assert theirs.demographics["Q290"].options[0].statement.startswith("Q290 is ")
    assert theirs.demographics["Q270"].fold_above == 7
    assert theirs.evaluation == catalog.evaluation
    for name in ("B_COUNTRY", "B_COUNTRY_to_continent", "Q289"):
        assert [o.label for o in theirs.demographics[name].options] == [
            o.label for o in catalog.demographics[name].options
        ]


def test_one_unknown_demographic_is_one_problem(published: tuple[Path, Path, Path], tmp_path: Path) -> None:
    spoil(published[2], lambda line: line.update(question_id="Q9999"))
    with pytest.raises(CatalogError) as caught:
        import_published(*published, tmp_path / "theirs")
    assert caught.value.problems == ["demographics: Q9999: [unknown-item] the catalog has no such demographic"]


def test_codes_of_a_demographic_that_are_no_numbers(published: tuple[Path, Path, Path], tmp_path: Path) -> None:
    def change(line: dict[str, Any]) -> None:
        for key in ("answer_ids", "converted_statements"):
            line.pop(key, None)
        line.update(answer_vars_map={"one": "x"}, statement_template="{}")

    spoil(published[2], change)
    with pytest.raises(CatalogError, match=r"Q263: \[format\] codes must be whole numbers: 'one' is no code"):
        import_published(*published, tmp_path / "theirs")


def test_a_file_in_the_place_of_the_folder(published: tuple[Path, Path, Path], tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("x")
    with pytest.raises(CatalogError, match="is a file"):
        import_published(published[0], published[1], None, tmp_path / "theirs")


def test_demographics_of_ours_are_kept_without_a_third_file(
    catalog: Catalog, published: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    theirs = import_published(published[0], published[1], None, tmp_path / "theirs")
    assert theirs.demographics == catalog.demographics


def spoil(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    change(lines[4])
    write(path, lines)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda line: line.update(question_id="Q999"), "Q999: [unknown-item]"),
        (lambda line: line.update(question_id="Q1"), "line 5: [duplicate-item] Q1"),
        (lambda line: line.pop("question_id"), "line 5: [format]"),
        (lambda line: line["converted_statements"].pop(), "Q5: [format] 4 answer_ids but 3"),
        (lambda line: line.update(answer_ids=[["a"], [2], [3], [4]]), "Q5: [format] answer_ids must be"),
        (lambda line: line.update(answer_ids=[[1.9], [2], [3], [4]]), "Q5: [format] answer_ids must be"),
        (lambda line: line.update(answer_ids=[[True], [2], [3], [4]]), "Q5: [format] answer_ids must be"),
        (lambda line: line.update(answer_ids=[[], [1, 2], [3], [4]]), "Q5: [format] answer 1 has no codes"),
        (lambda line: line.update(is_refined=False), "Q5: [wrong-granularity]"),
        (lambda line: line.update(answer_ids=[[1], [1, 2], [3], [4]]), "[code-in-two-options]"),
    ],
)
def test_a_fault_in_the_files_is_named_and_leaves_nothing(
    published: tuple[Path, Path, Path],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    expected: str,
) -> None:
    spoil(published[0], change)
    with pytest.raises(CatalogError) as caught:
        import_published(published[0], published[1], None, tmp_path / "theirs")
    assert expected in str(caught.value)
    assert not (tmp_path / "theirs").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_line_that_is_no_json(published: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with published[1].open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    with pytest.raises(CatalogError, match=r"polar.jsonl: line 254: \[json\]"):
        import_published(published[0], published[1], None, tmp_path / "theirs")


def test_a_folder_in_use_is_not_touched(published: tuple[Path, Path, Path], tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "mine.txt").write_text("kept")
    with pytest.raises(CatalogError, match="not empty"):
        import_published(published[0], published[1], None, tmp_path / "theirs")
    assert (tmp_path / "theirs" / "mine.txt").read_text() == "kept"
