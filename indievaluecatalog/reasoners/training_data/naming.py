"""What a folder of training data is called, so that its name says what is in it."""

from __future__ import annotations

from indievaluecatalog.evaluation.prompt_spec import LATEST, OptionOrder
from indievaluecatalog.reasoners.training_data.columns import TextForm
from indievaluecatalog.reasoners.training_data.rows import TrainingRows
from indievaluecatalog.sampling.protocol import OURS


def training_name(
    rows: TrainingRows, text: TextForm, version: str = LATEST, option_order: OptionOrder = "coded"
) -> str:
    """Wave, whether synthetic, mixture, persons an item, form of text, and whatever is not as usual.

    Such as "wvs7-synthetic-paper-best-800-messages-holdout52".
    """
    sizes = sorted({unit.persons for unit in rows.mixture.units})
    protocol, identity = rows.drawing.protocol, rows.people.identity
    parts = [identity.wave, "synthetic" if identity.synthetic else "", rows.mixture.name]
    parts += ["-".join(map(str, dict.fromkeys((sizes[0], sizes[-1])))), "numbers" if text == "none" else text]
    if rows.drawing.held_out:
        shown = "shown" if rows.drawing.held_out_shown else ""
        parts.append(f"holdout{len(rows.drawing.held_out)}{shown}")
    if protocol.siblings != OURS.siblings:
        parts.append("nosiblings")
    if protocol.only_categories or protocol.without_categories:
        parts.append("somecategories")
    if protocol.seed != OURS.seed:
        parts.append(f"seed{protocol.seed}")
    if option_order != "coded":
        parts.append(option_order)
    if version != "1":
        parts.append(f"prompt{version}")
    return "-".join(part for part in parts if part)
