"""Training rows to a folder of Parquet that `load_dataset` reads, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from indievaluecatalog.dataset.manifest import MANIFEST, write_manifest
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.place import building
from indievaluecatalog.errors import BuildError, ReasonerError
from indievaluecatalog.evaluation.prompt_spec import LATEST, OptionOrder
from indievaluecatalog.reasoners.training_data.card import training_card
from indievaluecatalog.reasoners.training_data.columns import FEW_VALUES, TextForm, row_schema, row_table
from indievaluecatalog.reasoners.training_data.drawing import TooFewPersons
from indievaluecatalog.reasoners.training_data.manifest import describe_training, read_training_manifest
from indievaluecatalog.reasoners.training_data.naming import training_name
from indievaluecatalog.reasoners.training_data.rows import TrainingRows, training_rows
from indievaluecatalog.reasoners.training_data.texts import Renderer, renderer_of
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit
from indievaluecatalog.sampling.holdout import ItemHoldout
from indievaluecatalog.sampling.protocol import Protocol

ROWS_A_GROUP = 2_000
"""Rows rendered and written at a time: some 35 MB of text where 200 statements are shown."""
ROWS_A_FILE = 100_000
AHEAD = 2
"""Blocks rendered before the first of them is packed, which bounds memory."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WrittenTrainingData:
    """Training data as it was written.

    Attributes:
        folder: where it lies.
        manifest: what it says about itself.
    """

    folder: Path
    manifest: dict[str, Any]


def write_training_data(
    people: People,
    mixture: Mixture | Unit | str | Sequence[str | Unit],
    out: str | Path,
    *,
    size: int | None = None,
    protocol: Protocol | None = None,
    hold_out: float | Sequence[str] | ItemHoldout = (),
    held_out_shown: bool = False,
    too_few: TooFewPersons = "error",
    text: TextForm = "messages",
    prompt_version: str = LATEST,
    option_order: OptionOrder = "coded",
    rows_a_file: int = ROWS_A_FILE,
    progress: Progress | None = None,
) -> WrittenTrainingData:
    """Draw a mixture's rows and write them to a folder in `out` whose name says what is in it.

    The folder appears when it is whole, and replaces earlier training data of the same name. The same people and
    choices give the same bytes. Takes some 300 MB besides the people, whatever the number of rows.

    Args:
        people: of a dataset (`read_people`); only training persons are used.
        mixture: see `training_rows`.
        out: the folder that the folder is made in.
        size, protocol, hold_out, held_out_shown, too_few: see `training_rows`.
        text: which columns of text: see `TextForm`.
        prompt_version: of the texts.
        option_order: in which order a probe's options stand; evaluate with the same.
        rows_a_file: rows in each file of Parquet.
        progress: called with rows done and rows in all.

    Raises:
        ReasonerError: see `training_rows`; an unknown form; the folder cannot be written or holds something else.
        EvaluationError: no such version or order of options.
        SamplingError: a share of items held out that is none.
    """
    if text not in get_args(TextForm):
        raise ReasonerError(f"text is one of {', '.join(get_args(TextForm))}, not {text!r}")
    if rows_a_file < 1:
        raise ReasonerError(f"a file has at least one row, not {rows_a_file}")
    rows = training_rows(
        people,
        mixture,
        size=size,
        protocol=protocol,
        hold_out=hold_out,
        held_out_shown=held_out_shown,
        too_few=too_few,
    )
    renderer = renderer_of(rows, version=prompt_version, option_order=option_order)
    folder = Path(out) / training_name(rows, text, prompt_version, option_order)
    if (folder / MANIFEST).exists():
        read_training_manifest(folder)
    described = describe_training(rows, folder.name, text, prompt_version, option_order)
    try:
        with building(folder) as fresh:
            unpacked, packed = _write_rows(
                rows, None if text == "none" else renderer, fresh, text, rows_a_file, progress
            )
            card = training_card(described, unpacked, packed)
            (fresh / "README.md").write_text(card, "utf-8")
            manifest = write_manifest(fresh, described)
    except BuildError as error:
        raise ReasonerError(str(error).replace("build", "writing of training data")) from error
    return WrittenTrainingData(folder=folder, manifest=manifest)


def _write_rows(
    rows: TrainingRows,
    renderer: Renderer | None,
    folder: Path,
    text: TextForm,
    rows_a_file: int,
    progress: Progress | None,
) -> tuple[int, int]:
    """Write all rows, threads joining and packing what is rendered already; bytes unpacked and on disk."""
    files = -(-len(rows) // rows_a_file)
    (folder / "data").mkdir()
    unpacked = packed = 0
    for at in range(files):
        path = folder / "data" / f"train-{at:05}-of-{files:05}.parquet"
        stop = min((at + 1) * rows_a_file, len(rows))
        with (
            # Left last, since a writer that is closed under a thread's hands takes the whole process with it.
            pq.ParquetWriter(
                path,
                row_schema(text),
                compression="zstd",
                use_dictionary=list(FEW_VALUES),
                write_statistics=[*FEW_VALUES, "person_id", "n_shown", "answer"],
            ) as writer,
            ThreadPoolExecutor(max_workers=1) as packing,
            ThreadPoolExecutor(max_workers=1) as joining,
        ):
            under_way: deque[Future[None]] = deque()
            for start in range(at * rows_a_file, stop, ROWS_A_GROUP):
                block = rows.block(start, min(start + ROWS_A_GROUP, stop))
                table = joining.submit(row_table, rows, block, renderer.render(block) if renderer else None, text)
                under_way.append(packing.submit(_pack, writer, table))
                if len(under_way) > AHEAD:
                    under_way.popleft().result()
                if progress:
                    progress(start + len(block), len(rows))
            while under_way:
                under_way.popleft().result()
        found = pq.read_metadata(path)
        unpacked += sum(found.row_group(group).total_byte_size for group in range(found.num_row_groups))
        packed += path.stat().st_size
    return unpacked, packed


def _pack(writer: pq.ParquetWriter, table: Future[pa.Table]) -> None:
    writer.write_table(table.result())
