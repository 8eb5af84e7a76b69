# Each target does all the set-up it needs. PYTHON picks the interpreter the environment is made with.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-slow lint bench docs golden clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

demo: $(STAMP)  ## synthetic persons, the whole way to a dataset
	$(BIN)/indievaluecatalog demo

lint: $(STAMP)  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(STAMP) lint  ## everything but the slow checks
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto -m "not slow"

test-slow: $(STAMP)  ## full-size checks
	$(BIN)/pytest -m slow

bench: $(STAMP)  ## speed at full size, side by side with plain ways
	$(BIN)/python -m benchmarks.build
	$(BIN)/python -m benchmarks.sampling
	$(BIN)/python -m benchmarks.baselines
	$(BIN)/python -m benchmarks.inequity_simulation
	$(BIN)/python -m benchmarks.asking
	$(BIN)/python -m benchmarks.browse
	$(BIN)/python -m benchmarks.training_data
	$(BIN)/python -m benchmarks.reasoners

docs: $(STAMP)  ## the pages as a site, in build/docs
	$(BIN)/python -m docs.cli_reference
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html -d build/docs-cache docs build/docs
	@echo 'Open build/docs/index.html'

golden: $(STAMP)  ## rewrite the golden files after a meant change of wording; read the diff
	$(BIN)/python -m tests.golden.rewrite

clean:
	rm -rf $(VENV) build
