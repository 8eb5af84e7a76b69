"""Files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.whole_file import check_place, whole_file


class InterruptedWriting(Exception):
    pass


@pytest.mark.parametrize("name", ["", ".", "..", "/", "a\0b"])
def test_what_names_no_file_is_said(name: str) -> None:
    with pytest.raises(ResultsError, match="names no file"), whole_file(Path(name), ResultsError):
        pytest.fail("there is nothing to write to")
    with pytest.raises(ResultsError, match="names no file"):
        check_place(Path(name), ResultsError)


def test_a_place_is_checked_without_making_anything(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "folder" / "x.json", ResultsError)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="is no folder"):
        check_place(tmp_path / "file" / "x.json", ResultsError)
    with pytest.raises(ResultsError, match="it is a folder"):
        check_place(tmp_path, ResultsError)


def test_a_file_appears_when_all_went_well_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "new" / "x.txt"

    def break_off() -> None:
        with whole_file(target, ResultsError) as beside:
            beside.write_text("half")
            raise InterruptedWriting

    with pytest.raises(InterruptedWriting):
        break_off()
    assert list(target.parent.iterdir()) == []
    with whole_file(target, ResultsError) as beside:
        beside.write_text("whole")
        assert not target.exists()
    assert [file.read_text() for file in target.parent.iterdir()] == ["whole"]
