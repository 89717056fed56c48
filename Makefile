# Five verbs: run, test, check, bench, docs. Each makes the environment it needs; nothing else has to be set up.

VENV ?= .venv
# The first interpreter that the project was tested on; say PYTHON=… for another one.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$python && break; \
	done)
BIN := $(VENV)/bin
SUITES ?= suites/

.PHONY: help run test test-torch check format bench bench-calls bench-conformance bench-longrun bench-runner bench-gate bench-grounding train-grounding bench-filters docs wheel clean

help:  ## What each verb does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: $(VENV)/.core  ## Install into .venv and run the example's golden suites
	$(BIN)/harness run $(SUITES)

test: $(VENV)/.dev  ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-torch: $(VENV)/.torch  ## Run the tests of encoders in PyTorch, which it installs
	$(BIN)/python -m pytest tests/guardrails/encoders/test_torch.py

check: $(VENV)/.dev  ## Lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Bring the code into its form
	$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

bench: $(VENV)/.dev  ## Measure speed beside named peers
	$(BIN)/python -m benchmarks.bench $(ARGS)

bench-calls: $(VENV)/.dev  ## Measure calls beside bare clients and litellm, on a loopback server
	$(BIN)/python -m benchmarks.bench --part calls $(ARGS)

bench-conformance: $(VENV)/.dev  ## Let a provider fail in every known way, beside litellm's Router
	$(BIN)/python -m benchmarks.conformance $(ARGS)

bench-longrun: $(VENV)/.dev  ## Print the memory of a process over 100,000 calls
	$(BIN)/python -m benchmarks.longrun $(ARGS)

bench-gate: $(VENV)/.dev $(VENV)-gates/.done  ## Simulate the release gate beside other rules and other tools' gates
	$(BIN)/python -m benchmarks.gates --peers $(VENV)-gates/bin/python $(ARGS)

bench-runner: $(VENV)/.dev  ## Measure runs of stub cases beside other runners, a million rows, two runs compared
	$(BIN)/python -m benchmarks.runner $(ARGS)

bench-grounding: $(VENV)/.train  ## Measure the groundedness check, cross-validated, and its cost
	$(BIN)/python -m benchmarks.grounding.bench $(ARGS)

bench-filters: $(VENV)/.dev  ## Measure what the filters find and what they cost, beside named peers
	$(BIN)/python -m benchmarks.filters $(ARGS)

docs: $(VENV)/.dev  ## Write the generated parts of docs/ again
	$(BIN)/python docs/generate.py

train-grounding: $(VENV)/.train  ## Write the weights of the groundedness check again
	$(BIN)/python -m benchmarks.grounding.train

wheel: $(VENV)/.dev  ## Build the wheel and the source distribution into dist/
	$(BIN)/python -m build --quiet

clean:  ## Remove the environment and everything that was built
	rm -rf $(VENV) $(VENV)-gates build dist runs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "needs Python 3.11, 3.12 or 3.13 on the PATH, or PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-compile -e '.[dev]'
	@touch $@ $(VENV)/.core

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	@touch $@

# What others decide by, in an environment of its own: their dependencies are none of ours.
$(VENV)-gates/.done:
	$(PYTHON) -m venv $(VENV)-gates
	$(VENV)-gates/bin/python -m pip install --quiet --disable-pip-version-check evalsig==0.1.2 evalproof==0.2.1
	@touch $@

$(VENV)/.torch: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-compile -e '.[torch]'
	@touch $@
