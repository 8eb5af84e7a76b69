"""Every way a file can be wrong: a clear error that names file, variable and code, or a counted report."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.read import read_survey

Files = Callable[[str], Path]
Change = Callable[[pd.DataFrame], pd.DataFrame]


def refused(path: Path, catalog: Catalog, **options: str) -> str:
    """The message of the error; it names the file in any case, and never shows a library's own words alone."""
    with pytest.raises(SurveyError) as error:
        read_survey(path, catalog, **options)  # type: ignore[arg-type]
    message = str(error.value)
    assert path.name in message
    return message


# --- paths ---------------------------------------------------------------------------------------------------


def test_no_such_file(catalog: Catalog, tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing.sav", catalog)


def test_a_folder(catalog: Catalog, tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path, catalog)


@pytest.mark.parametrize("name", ["survey.xlsx", "survey", "survey.por", "survey.sav.bak"])
def test_an_unknown_ending(name: str, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"content")
    assert "known are .sav" in refused(tmp_path / name, catalog)


def test_no_permission(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.csv"
    population.to_csv(path, index=False)

    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    assert "no permission" in refused(path, catalog)


def test_an_unknown_engine(survey_files: Files, catalog: Catalog) -> None:
    with pytest.raises(SurveyError, match="no engine 'turbo'; there are auto, pyreadstat, fast"):
        read_survey(survey_files("sav"), catalog, engine="turbo")  # type: ignore[arg-type]


# --- bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "csv", "csv.gz", "parquet", "zip"])
def test_an_empty_file(ending: str, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / f"empty.{ending}"
    path.touch()
    assert "is empty" in refused(path, catalog)


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "parquet", "csv.gz"])
@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"<!DOCTYPE html><html><body>Please register</body></html>" * 9, "a web page"),
        (b"PK\x03\x04" + b"\x00" * 300, "a zip or an Excel workbook"),
        (b"just some words, " * 30, "does not start like one"),
        (bytes(range(200, 256)) * 8 + b"\x00", "not"),
    ],
)
def test_not_a_survey_file(ending: str, content: bytes, hint: str, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / f"download.{ending}"
    path.write_bytes(content)
    message = refused(path, catalog)
    assert hint in message
    assert "download or export it again" in message.lower()


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 50, "A_WAVE,Q1\n7,1\n".encode("utf-16")])
def test_a_csv_that_is_no_plain_text(content: bytes, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    assert any(word in refused(path, catalog) for word in ("UTF-16", "binary"))


def test_a_stata_file_called_sav(survey_files: Files, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "data.sav"
    path.write_bytes(survey_files("dta").read_bytes())
    assert "it looks like Stata (.dta)" in refused(path, catalog)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.995])
@pytest.mark.parametrize("kind", ["sav", "declared.sav", "declared.zsav", "dta", "csv", "csv.gz", "parquet", "sav.zip"])
def test_a_file_that_was_cut_off_is_never_read_short(
    kind: str, share: float, survey_files: Files, catalog: Catalog, tmp_path: Path, with_and_without_fast: str
) -> None:
    whole = survey_files(kind).read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])
    message = refused(path, catalog)
    assert any(word in message for word in ("cut off", "lacks")), message


@pytest.mark.parametrize("kind", ["declared.sav", "declared.zsav"])
def test_a_cut_off_file_and_the_fast_reader(kind: str, survey_files: Files, catalog: Catalog, tmp_path: Path) -> None:
    pytest.importorskip("polars_readstat")
    whole = survey_files(kind).read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert "cut off" in refused(path, catalog, engine="fast")


@pytest.mark.parametrize("kind", ["csv.gz", "parquet", "declared.zsav", "sav.zip"])
def test_damage_in_the_middle_of_packed_data_is_noticed(
    kind: str, survey_files: Files, catalog: Catalog, tmp_path: Path
) -> None:
    content = bytearray(survey_files(kind).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content)
    assert "damaged" in refused(path, catalog)


# --- zips ----------------------------------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, ["no survey data file", "nothing"]),
        ({"codebook.pdf": b"x", "readme.txt": b"y"}, ["no survey data file", "codebook.pdf", "readme.txt"]),
        ({"a.sav": b"x", "b/c.dta": b"y"}, ["2 data files", "a.sav", "b/c.dta"]),
        ({"../a.sav": b"x"}, ["leads outside", "../a.sav"]),
        ({"a.csv": b"x", "b/../../readme.txt": b"x"}, ["leads outside"]),
        ({"/etc/a.sav": b"x"}, ["leads outside"]),
        ({"C:/a.sav": b"x"}, ["leads outside"]),
        ({"..\\a.sav": b"x"}, ["leads outside"]),
        ({"a.sav": b""}, ["a.sav", "is empty"]),
        ({"a.sav": b"garbage"}, ["a.sav", "does not start like one"]),
    ],
)
def test_zips_that_are_refused(members: dict[str, bytes], words: list[str], catalog: Catalog, tmp_path: Path) -> None:
    message = refused(zipped(tmp_path / "survey.zip", members), catalog)
    for word in words:
        assert word in message
    assert [one.name for one in tmp_path.iterdir()] == ["survey.zip"]


def test_a_zip_with_a_password(catalog: Catalog, tmp_path: Path) -> None:
    path = zipped(tmp_path / "survey.zip", {"a.sav": b"x" * 50})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "password" in refused(path, catalog)


def test_no_zip_at_all(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "survey.zip"
    path.write_bytes(b"<html>not found</html>")
    assert "damaged" in refused(path, catalog)


def test_no_room_to_unpack(survey_files: Files, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = survey_files("csv.zip")
    monkeypatch.setattr("indievaluecatalog.survey.archive.shutil.copyfileobj", full)
    assert "No space left" in refused(path, catalog)


# --- contents ------------------------------------------------------------------------------------------------


def _set(variable: str, value: object, rows: slice = slice(None)) -> Change:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype({variable: object})
        frame.loc[frame.index[rows], variable] = value
        return frame

    return change


WRONG: dict[str, tuple[Change, list[str]]] = {
    "another wave": (_set("A_WAVE", 6), ["A_WAVE", "wave 6: 240 rows", "wanted is wave 7"]),
    "a joint file": (
        _set("A_WAVE", 5, slice(100)),
        ["several waves", "wave 7: 140 rows", "wave 5: 100 rows", "wave 7 only"],
    ),
    "rows without a wave": (_set("A_WAVE", np.nan, slice(3)), ["wave none: 3 rows"]),
    "a wave that is no number": (_set("A_WAVE", "seventh"), ["A_WAVE", "'seventh'"]),
    "no rows": (lambda frame: frame.head(0), ["has no rows"]),
    "no person variable": (lambda frame: frame.drop(columns="D_INTERVIEW"), ["lacks the variable D_INTERVIEW"]),
    "no country variable": (lambda frame: frame.drop(columns="B_COUNTRY"), ["lacks the variable B_COUNTRY"]),
    "too many items missing": (
        lambda frame: frame.drop(columns=[f"Q{n}" for n in range(1, 61)]),
        ["lacks 60 of the 253 items", "Q1, Q2, Q3", "and 30 more"],
    ),
    "quite another table": (
        lambda frame: pd.DataFrame({"name": ["x"], "price": [1.0]}),
        ["lacks 253 of the 253 items", "2 columns, starting with name, price"],
    ),
    "labels that are not the catalog's": (
        _set("Q1", "Sehr wichtig"),
        ["variable Q1", "'Sehr wichtig'", "codes in place of labels"],
    ),
    "a few texts among codes": (_set("Q7", "see note", slice(2)), ["variable Q7", "'see note'"]),
    "ids that are text": (_set("D_INTERVIEW", "person A"), ["variable D_INTERVIEW", "'person A'"]),
    "countries that are unknown text": (_set("B_COUNTRY", "Atlantis"), ["variable B_COUNTRY", "'Atlantis'"]),
    "a recoded item": (
        _set("Q46", 57),
        ["variable Q46", "240 of 240 rows", "57 (240)", "another wave, or like a recoded file"],
    ),
    "a rescaled item": (_set("Q1", 0.25), ["variable Q1", "0.25 (240)"]),
}


@pytest.mark.parametrize("ending", ["csv", "parquet", "sav"])
@pytest.mark.parametrize("fault", WRONG)
def test_contents_that_are_refused(
    fault: str, ending: str, population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    change, words = WRONG[fault]
    frame = change(population.copy())
    path = tmp_path / f"wrong.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    else:
        mixed = {name: str for name in frame if len(set(map(type, frame[name]))) > 1}
        frame = frame.astype(mixed).infer_objects()
        if ending == "parquet":
            frame.to_parquet(path)
        else:
            pyreadstat.write_sav(frame, path)
    message = refused(path, catalog)
    for word in words:
        assert word in message


def test_a_variable_that_stands_twice(population: pd.DataFrame, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    population.rename(columns={"Q9": "q9", "FILLER": "q9"}).to_csv(path, index=False)
    assert "variable Q9 stands in it 2 times (q9, q9)" in refused(path, catalog)


def test_columns_of_dates(population: pd.DataFrame, catalog: Catalog, tmp_path: Path) -> None:
    table = pa.Table.from_pandas(population.drop(columns="Q9"), preserve_index=False)
    dates = pa.array(pd.date_range("2020-01-01", periods=len(population)))
    path = tmp_path / "dates.parquet"
    pq.write_table(table.append_column("Q9", dates), path)
    message = refused(path, catalog)
    assert "variable Q9" in message
    assert "neither a number nor text" in message


def test_rows_of_unequal_length(survey_files: Files, catalog: Catalog, tmp_path: Path) -> None:
    lines = survey_files("csv").read_text("utf-8").splitlines()
    lines[50] = lines[50].rsplit(",", 3)[0]
    path = tmp_path / "uneven.csv"
    path.write_text("\n".join(lines), "utf-8")
    message = refused(path, catalog)
    assert "separated by ','" in message
    assert lines[50][40:80] not in message, "no answers of a respondent in an error"


def test_a_header_and_nothing_else(survey_files: Files, catalog: Catalog, tmp_path: Path) -> None:
    header = survey_files("csv").read_bytes().split(b"\n")[0]
    for name, content in (("h.csv", header), ("n.csv", header + b"\n"), ("g.csv.gz", gzip.compress(header))):
        (tmp_path / name).write_bytes(content)
        assert "has no rows" in refused(tmp_path / name, catalog)


def test_codes_that_do_not_fit_are_counted_up_to_half_of_the_rows(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    frame = population.copy()
    frame.loc[frame.index[:120], "Q46"] = 57
    frame.loc[frame.index[:2], "Q290"] = 2_000_000_123.0
    path = tmp_path / "some.csv"
    frame.to_csv(path, index=False)
    found = {(one.variable, one.code): one.count for one in read_survey(path, catalog).report.unlisted}
    assert found["Q46", "57"] == 120
    assert found["Q290", "2000000123"] == 2


def test_ids_that_lost_their_digits_are_pointed_out(population: pd.DataFrame, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "float.dta"
    population.astype({"D_INTERVIEW": "float32"}).to_stata(path, write_index=False)
    assert any("ids are rounded" in note for note in read_survey(path, catalog).report.notes)


def test_rows_without_an_id_or_country_are_kept_and_counted(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    frame = population.copy()
    frame.loc[frame.index[40:43], ["D_INTERVIEW", "B_COUNTRY"]] = np.nan
    path = tmp_path / "noid.csv"
    frame.to_csv(path, index=False)
    read = read_survey(path, catalog)
    assert len(read) == len(frame)
    assert set(read.interview_ids[40:43]) == set(read.country_codes[40:43]) == {-1}
    assert len(set(read.person_ids)) == len(frame)
    notes = "\n".join(read.report.notes)
    assert "3 rows have no usable interview id (D_INTERVIEW)" in notes
    assert "3 rows have no usable country (B_COUNTRY)" in notes
