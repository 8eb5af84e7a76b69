"""World Values Survey answers as first-person statements, and as a Hugging Face dataset.

The public names are here; everything else may move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from indievaluecatalog.baselines.run import run_baseline
    from indievaluecatalog.catalog.concepts import shared_concepts
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.catalog.probes import probe_setup
    from indievaluecatalog.dataset.build import BuildSettings, build_dataset
    from indievaluecatalog.dataset.load import load, person_statements
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.dataset.sample import sample_tasks
    from indievaluecatalog.dataset.trend import trend_table
    from indievaluecatalog.evaluation.evaluate import evaluate
    from indievaluecatalog.evaluation.local_model import LocalModel
    from indievaluecatalog.evaluation.openai_model import OpenAIModel
    from indievaluecatalog.evaluation.prompt_spec import PromptSpec
    from indievaluecatalog.reasoners.ceiling.limit import extrapolated_limit
    from indievaluecatalog.reasoners.ceiling.run import run_ceiling
    from indievaluecatalog.reasoners.explain.category_study import study_categories
    from indievaluecatalog.reasoners.explain.item_map import map_items
    from indievaluecatalog.reasoners.explain.prediction import explain_answers, explain_prediction
    from indievaluecatalog.reasoners.explain.questions import choose_questions
    from indievaluecatalog.reasoners.figures.curve import learning_curve
    from indievaluecatalog.reasoners.figures.side_by_side import side_by_side
    from indievaluecatalog.reasoners.statistical.autoencoder import AutoencoderSettings
    from indievaluecatalog.reasoners.statistical.ensemble import EnsembleSettings
    from indievaluecatalog.reasoners.statistical.linear import LinearSettings
    from indievaluecatalog.reasoners.statistical.model_file import read_reasoner, save_reasoner
    from indievaluecatalog.reasoners.statistical.predict import predict_person, predict_tasks
    from indievaluecatalog.reasoners.statistical.train import train_reasoner
    from indievaluecatalog.reasoners.training_data.rows import training_rows
    from indievaluecatalog.reasoners.training_data.write import write_training_data
    from indievaluecatalog.sampling.protocol import OURS, PAPER, Protocol
    from indievaluecatalog.scoring.compare import compare
    from indievaluecatalog.scoring.results import Results, read_results, write_results
    from indievaluecatalog.scoring.run import Run
    from indievaluecatalog.scoring.score import score
    from indievaluecatalog.studies.choices import Choices
    from indievaluecatalog.studies.page import write_study
    from indievaluecatalog.studies.run import Asking, run_study
    from indievaluecatalog.survey.read import read_survey
    from indievaluecatalog.waves.check import check_wave
    from indievaluecatalog.waves.draft import draft_wave
    from indievaluecatalog.waves.match import match_codebook
    from indievaluecatalog.waves.read_codebook import read_codebook

__all__ = [
    "OURS",
    "PAPER",
    "Asking",
    "AutoencoderSettings",
    "BuildSettings",
    "Choices",
    "EnsembleSettings",
    "LinearSettings",
    "LocalModel",
    "OpenAIModel",
    "PromptSpec",
    "Protocol",
    "Results",
    "Run",
    "__version__",
    "build_dataset",
    "check_wave",
    "choose_questions",
    "compare",
    "draft_wave",
    "evaluate",
    "explain_answers",
    "explain_prediction",
    "extrapolated_limit",
    "learning_curve",
    "load",
    "load_catalog",
    "map_items",
    "match_codebook",
    "person_statements",
    "predict_person",
    "predict_tasks",
    "probe_setup",
    "read_codebook",
    "read_people",
    "read_reasoner",
    "read_results",
    "read_survey",
    "run_baseline",
    "run_ceiling",
    "run_study",
    "sample_tasks",
    "save_reasoner",
    "score",
    "shared_concepts",
    "side_by_side",
    "study_categories",
    "train_reasoner",
    "training_rows",
    "trend_table",
    "write_results",
    "write_study",
    "write_training_data",
]

_HOMES = {
    "AutoencoderSettings": "indievaluecatalog.reasoners.statistical.autoencoder",
    "EnsembleSettings": "indievaluecatalog.reasoners.statistical.ensemble",
    "choose_questions": "indievaluecatalog.reasoners.explain.questions",
    "explain_answers": "indievaluecatalog.reasoners.explain.prediction",
    "explain_prediction": "indievaluecatalog.reasoners.explain.prediction",
    "learning_curve": "indievaluecatalog.reasoners.figures.curve",
    "map_items": "indievaluecatalog.reasoners.explain.item_map",
    "side_by_side": "indievaluecatalog.reasoners.figures.side_by_side",
    "study_categories": "indievaluecatalog.reasoners.explain.category_study",
    "write_training_data": "indievaluecatalog.reasoners.training_data.write",
    "training_rows": "indievaluecatalog.reasoners.training_data.rows",
    "extrapolated_limit": "indievaluecatalog.reasoners.ceiling.limit",
    "run_ceiling": "indievaluecatalog.reasoners.ceiling.run",
    "train_reasoner": "indievaluecatalog.reasoners.statistical.train",
    "predict_tasks": "indievaluecatalog.reasoners.statistical.predict",
    "predict_person": "indievaluecatalog.reasoners.statistical.predict",
    "save_reasoner": "indievaluecatalog.reasoners.statistical.model_file",
    "read_reasoner": "indievaluecatalog.reasoners.statistical.model_file",
    "LinearSettings": "indievaluecatalog.reasoners.statistical.linear",
    "Asking": "indievaluecatalog.studies.run",
    "BuildSettings": "indievaluecatalog.dataset.build",
    "Choices": "indievaluecatalog.studies.choices",
    "OURS": "indievaluecatalog.sampling.protocol",
    "PAPER": "indievaluecatalog.sampling.protocol",
    "LocalModel": "indievaluecatalog.evaluation.local_model",
    "OpenAIModel": "indievaluecatalog.evaluation.openai_model",
    "PromptSpec": "indievaluecatalog.evaluation.prompt_spec",
    "evaluate": "indievaluecatalog.evaluation.evaluate",
    "Protocol": "indievaluecatalog.sampling.protocol",
    "Results": "indievaluecatalog.scoring.results",
    "Run": "indievaluecatalog.scoring.run",
    "build_dataset": "indievaluecatalog.dataset.build",
    "check_wave": "indievaluecatalog.waves.check",
    "draft_wave": "indievaluecatalog.waves.draft",
    "match_codebook": "indievaluecatalog.waves.match",
    "read_codebook": "indievaluecatalog.waves.read_codebook",
    "shared_concepts": "indievaluecatalog.catalog.concepts",
    "trend_table": "indievaluecatalog.dataset.trend",
    "compare": "indievaluecatalog.scoring.compare",
    "load": "indievaluecatalog.dataset.load",
    "load_catalog": "indievaluecatalog.catalog.load",
    "person_statements": "indievaluecatalog.dataset.load",
    "probe_setup": "indievaluecatalog.catalog.probes",
    "read_people": "indievaluecatalog.dataset.people",
    "read_results": "indievaluecatalog.scoring.results",
    "read_survey": "indievaluecatalog.survey.read",
    "run_baseline": "indievaluecatalog.baselines.run",
    "run_study": "indievaluecatalog.studies.run",
    "sample_tasks": "indievaluecatalog.dataset.sample",
    "score": "indievaluecatalog.scoring.score",
    "write_results": "indievaluecatalog.scoring.results",
    "write_study": "indievaluecatalog.studies.page",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import indievaluecatalog` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'indievaluecatalog' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
