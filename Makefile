# The words of the README. Needs Python 3.11, git and make; everything else is fetched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export FLASK_APP := wsgi.py
# Packages are taken from the index by their locked hashes, whatever else this machine offers.
unexport PIP_FIND_LINKS

.PHONY: demo test check bench lock translations translations-update clean tools

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "civicfund needs Python 3.11 or newer")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

POS := $(wildcard translations/*/*/LC_MESSAGES/*.po)
MOS := $(POS:.po=.mo)

%.mo: %.po $(VENV)/run.stamp
	$(BIN)/pybabel -q compile -i $< -o $@

translations: $(MOS)

demo: $(VENV)/run.stamp translations
	$(BIN)/flask civicfund demo --port $(PORT)

tools:
	bin/install-test-tools

test: $(VENV)/dev.stamp translations tools
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(VENV)/dev.stamp translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/pytest -q tests/shape

bench: $(VENV)/dev.stamp translations
	$(BIN)/python -m bench

lock:
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -q -o requirements.txt
	uv pip compile pyproject.toml --group dev -c requirements.txt --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -q -o requirements-dev.txt
	uv pip compile bench/hordak-requirements.in --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -q -o bench/hordak-requirements.txt

# make translations-update PACKAGE=campaigns: gather the texts of one package into its catalogue.
translations-update: $(VENV)/dev.stamp
	bin/update-catalogue $(PACKAGE)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
