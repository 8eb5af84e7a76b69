"""Taking the one data file out of a zip: nothing is ever written outside the folder given."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from indievaluecatalog.errors import SurveyError


def unpack(archive: Path, folder: Path, is_data: Callable[[str], bool]) -> tuple[str, Path]:
    """Write the one data file of a zip into `folder`, under a name of ours.

    Whatever is no data file (a codebook, a licence) is left alone.

    Returns:
        The file's name inside the zip, and where it lies now.

    Raises:
        SurveyError: no zip, none or several data files in it, a path that leads outside, a password, damaged
            content, or no room to unpack.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            member = _the_data_file(archive, opened, is_data)
            target = folder / f"survey{''.join(PurePosixPath(member.filename).suffixes[-2:])}"
            with opened.open(member) as packed, target.open("wb") as out:
                shutil.copyfileobj(packed, out, 1 << 20)
    # NotImplementedError is how zipfile says that it does not know the way a member is packed.
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise SurveyError(
            f"{archive}: the zip is cut off, damaged or packed in an unknown way ({error});"
            " download it again, or unpack it yourself"
        ) from error
    except OSError as error:
        raise SurveyError(f"{archive}: cannot be unpacked into {folder}: {error.strerror or error}") from error
    return member.filename, target


def _the_data_file(archive: Path, opened: zipfile.ZipFile, is_data: Callable[[str], bool]) -> zipfile.ZipInfo:
    members = [entry for entry in opened.infolist() if not entry.is_dir()]
    for entry in members:
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if ".." in parts or parts[:1] == ("/",) or (parts and parts[0].endswith(":")):
            raise SurveyError(f"{archive}: refused, since it holds a path that leads outside: {entry.filename!r}")
    # macOS adds a shadow of every file in a folder of its own.
    data = [
        entry
        for entry in members
        if is_data(entry.filename)
        and not entry.filename.startswith("__MACOSX/")
        and not PurePosixPath(entry.filename).name.startswith(".")
    ]
    if not data:
        names = ", ".join(entry.filename for entry in members[:8]) or "nothing"
        raise SurveyError(f"{archive}: no survey data file in the zip; it holds {names}")
    if len(data) > 1:
        names = ", ".join(entry.filename for entry in data[:8])
        raise SurveyError(f"{archive}: {len(data)} data files in the zip ({names}); unpack it and give one of them")
    if data[0].flag_bits & 1:
        raise SurveyError(f"{archive}: {data[0].filename} is locked with a password; unpack it yourself first")
    return data[0]
