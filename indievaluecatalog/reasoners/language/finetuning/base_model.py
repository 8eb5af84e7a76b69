"""The model that is fine-tuned, with weights that can be trained."""

from __future__ import annotations

from typing import Any

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.evaluation.local_files import ModelFiles, load


def load_trainable(files: ModelFiles, dtype: str) -> tuple[Any, Any]:
    """Model and tokenizer on the processor; the weights of a GGUF file are unpacked.

    Raises:
        ReasonerError: weights that stay packed, which no training can change.
        MissingExtraError, EvaluationError: as `load` does.
    """
    model, tokenizer = load(files, "cpu", dtype)
    packing = getattr(model, "hf_quantizer", None)
    if packing is not None:
        weights = (*model.parameters(), *(buffer for buffer in model.buffers() if buffer.ndim > 1))
        if not all(value.is_floating_point() for value in weights):
            raise ReasonerError(
                f"{files.name}: its weights are quantised and stay so, and cannot be trained: take the model in full "
                "precision, or for a GGUF file uninstall the package `kernels`"
            )
        # Transformers unpacked them and goes on to take the model for a quantised one.
        packing.remove_quantization_config(model)
    return model, tokenizer
