# Two commands are enough on a fresh machine with Python 3.11+, git and make. make demo runs the whole loop on real footage.
# make test runs lint, format, types, unit tests, the widgets' kernel side and JS, and one loop with the real engine.
# Before a release, make release runs everything else: browsers, faults, load, notebooks both ways, benchmarks. It repeats no test.
PYTHON ?= python3
BIN := .venv/bin
# compiling all that is installed takes longer than compiling the part that is used, once it is; and that is kept, though
# a container may say otherwise: hundreds of processes of tests would each compile it anew
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --no-compile
# three processes keep two processors busy: tests wait for servers, pages and other processes; tests/lib/order.py says what begins first
SHARED := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: demo lab test release bench load quality faults conformance binder notebooks pictures site check clean

demo: .venv/demo
	$(BIN)/sora-nb demo --out sora-demo

lab: .venv/lab
	$(BIN)/jupyter lab notebooks/01_quickstart.ipynb

test: .venv/test check
	$(BIN)/python -m pytest $(SHARED)

release: .venv/release
	$(BIN)/python -m pytest -m speed tests/benchmarks
	$(BIN)/python -m pytest $(SHARED) -m release

bench: .venv/test
	$(BIN)/python -m pytest -s -m "bench or speed or release" --table notebooks/guide/speed.md tests/benchmarks

load: .venv/test
	SORA_NB_LOAD_ORDERS=$${SORA_NB_LOAD_ORDERS:-100000} $(BIN)/python -m pytest -s -m release tests/load/test_orders.py

quality: .venv/test
	$(BIN)/python -m pytest -s -m quality

faults: .venv/test
	$(BIN)/python -m pytest -s -m release tests/faults

conformance: .venv/test
	$(BIN)/python -m pytest -m conformance

binder: .venv/test
	$(BIN)/python -m pytest -s -m binder

notebooks: .venv/test
	$(BIN)/python tests/lib/refresh.py

pictures: .venv/test
	PYTHONPATH=tests:tests/lib $(BIN)/python tests/lib/pictures.py

site: .venv/test
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -f notebooks/guide/mkdocs.yml

check: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

clean:
	rm -rf .venv sora-demo

.venv/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip
	touch $@

.venv/demo: .venv/python pyproject.toml
	$(PIP) --editable .
	touch $@

.venv/lab: .venv/python pyproject.toml
	$(PIP) --editable '.[lab]'
	touch $@

.venv/test: .venv/python pyproject.toml
	./tests/prepare
	$(PIP) --editable '.[test,docs]'
	touch $@

# open weights are tried with small models of random weights; a build of torch for the processor is enough
.venv/release: .venv/test
	$(PIP) torch==2.13.0
	$(PIP) --editable '.[test,docs,gpu]'
	touch $@
