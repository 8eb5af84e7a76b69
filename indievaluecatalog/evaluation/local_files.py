"""Where the files of a local model lie, what tells them apart, and loading them. Nothing is downloaded unasked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import EvaluationError, MissingExtraError

PURPOSE = "a local model"
WEIGHTS = (".safetensors", ".bin", ".gguf")
TEXTS = (".json", ".model", ".txt", ".jinja", ".tiktoken")
UNNEEDED = ["*.pth", "*.onnx", "*.h5", "*.msgpack", "*.ot", "original/*", "onnx/*"]
DTYPES = ("auto", "float32", "float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine.

    Attributes:
        name: its id on the hub, or the name of its folder or file: never a path, which is another on each machine.
        folder: where the files lie.
        gguf_file: the file's name in that folder, where the weights come as GGUF.
        revision: the commit on the hub; empty for files from elsewhere.
    """

    name: str
    folder: Path
    gguf_file: str | None = None
    revision: str = ""

    def identity(self) -> dict[str, str]:
        """What tells these weights from all others: the commit, or else a SHA-256 over the files (1-2 s a GB)."""
        found = {"gguf_file": self.gguf_file} if self.gguf_file else {}
        if self.revision:
            return {**found, "revision": self.revision}
        names = [self.gguf_file] if self.gguf_file else []
        paths = [self.folder / name for name in names] or sorted(
            path for path in self.folder.iterdir() if path.suffix in (*WEIGHTS, *TEXTS)
        )
        digest = hashlib.sha256()
        for path in paths:
            digest.update(f"{path.name}\x1f{path.stat().st_size}\x1f".encode())
            with path.open("rb") as file:
                while block := file.read(1 << 24):
                    digest.update(block)
        return {**found, "files": digest.hexdigest()}


def find_files(path_or_id: str | Path, gguf_file: str | None, revision: str | None, download: bool) -> ModelFiles:
    """Find a model: a folder, a GGUF file, or an id of the Hugging Face hub whose files are in its cache.

    Args:
        path_or_id: see above.
        gguf_file: the file in that folder or repository, where the weights come as GGUF.
        revision: branch, tag or commit of an id.
        download: whether an id that is not in the cache may be fetched.

    Raises:
        EvaluationError: there is no such model here, or it cannot be fetched.
    """
    path = Path(path_or_id).expanduser()
    if path.is_file() and path.suffix == ".gguf":
        return ModelFiles(name=path.stem, folder=path.parent, gguf_file=path.name)
    if path.is_dir():
        wanted = path / (gguf_file or "config.json")
        if not wanted.is_file():
            raise EvaluationError(f"{path}: no model of transformers, it has no {wanted.name}")
        return ModelFiles(name=path.resolve().name, folder=path, gguf_file=gguf_file)
    name = str(path_or_id)
    if path.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise EvaluationError(f"{name}: there is no such folder")
    folder = _snapshot(name, gguf_file, revision, download)
    return ModelFiles(name=name, folder=folder, gguf_file=gguf_file, revision=folder.name)


def _snapshot(name: str, gguf_file: str | None, revision: str | None, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    chosen = [gguf_file, "*.json", "*.jinja", "*.model", "*.txt"] if gguf_file else None
    at = f" at revision {revision}" if revision else ""
    try:
        found = Path(
            snapshot_download(
                name,
                revision=revision,
                local_files_only=not download,
                allow_patterns=chosen,
                ignore_patterns=UNNEEDED,
            )
        )
    except (LocalEntryNotFoundError, OSError, ValueError) as error:
        if download:
            raise EvaluationError(f"the model {name!r}{at} cannot be fetched from the hub: {error}") from error
        raise EvaluationError(
            f"the model {name!r}{at} is neither a folder nor in the hub's cache on this machine. Nothing is "
            f"downloaded unasked: run `hf download {name}`, or pass download=True"
        ) from None
    if not (found / (gguf_file or "config.json")).is_file():
        raise EvaluationError(f"the cached model {name!r}{at} lacks {gguf_file or 'config.json'}: pass download=True")
    return found


def torch_and_transformers() -> tuple[Any, Any]:
    """The two libraries, imported when they are first needed.

    Raises:
        MissingExtraError: one is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError("torch", "local", PURPOSE) from error
    try:
        import transformers
    except ImportError as error:
        raise MissingExtraError("transformers", "local", PURPOSE) from error
    return torch, transformers


def chosen_device(device: str) -> str:
    """ "auto" is an NVIDIA or AMD card, else Apple's, else the processor.

    Raises:
        EvaluationError: a device this machine does not have.
    """
    torch, _ = torch_and_transformers()
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise EvaluationError(f"there is no device {device!r} here: {str(error).splitlines()[0]}") from error
    return device


def chosen_dtype(dtype: str, device: str) -> str:
    """ "auto" is bfloat16 on a card that has it, float16 on one that has not, and float32 elsewhere.

    Raises:
        EvaluationError: an unknown one.
    """
    if dtype not in DTYPES:
        raise EvaluationError(f"a local model's dtype is one of {', '.join(DTYPES)}, not {dtype!r}")
    if dtype != "auto":
        return dtype
    if not device.startswith("cuda"):
        return "float32"
    torch, _ = torch_and_transformers()
    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"


def load(files: ModelFiles, device: str, dtype: str) -> tuple[Any, Any]:
    """Model and tokenizer, ready to score; code that comes with a model is never run.

    Raises:
        MissingExtraError: transformers, torch or (for GGUF files) gguf is not installed.
        EvaluationError: the files cannot be loaded, or do not fit into memory.
    """
    torch, transformers = torch_and_transformers()
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if files.gguf_file:
        try:
            import gguf  # noqa: F401
        except ImportError as error:
            raise MissingExtraError("gguf", "local", "a model in a GGUF file") from error
        options["gguf_file"] = files.gguf_file
    from safetensors import SafetensorError

    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(files.folder, **options)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            files.folder, dtype=getattr(torch, dtype), **options
        ).to(device)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise EvaluationError(f"{files.name}: the weights do not fit into the memory of {device} as {dtype}") from error
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise EvaluationError(f"{files.name}: transformers cannot load it: {error}") from error
    if tokenizer.pad_token_id is None:
        # What stands in padded places is masked out, so any token will do.
        tokenizer.pad_token_id = tokenizer.eos_token_id if tokenizer.eos_token_id is not None else 0
    return model.eval(), tokenizer
