# All paths are relative, so that a folder with a space or a hyphen in its name works.
VENV := .venv
BIN := $(VENV)/bin/python
PINS := requirements-dev.txt constraints.txt
STAMP := $(VENV)/installed-$(firstword $(shell cat $(PINS) | cksum))

# Compiled tests are kept, also where the shell forbids it: to compile them anew took
# each process of pytest eight seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo install release test test-full test-cvat test-versions screenshots lint front bench bench-full clean

setup: $(STAMP)
	@:

$(STAMP):
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh dev/setup.sh
	@rm -f $(VENV)/installed-*
	@touch $@

# KIND=masks · ANNOTATIONS=file.json[.gz] IMAGES=dir · DATASET=coco-2017 MAX_SAMPLES=1000 · PORT=5151 · HEADLESS=1 · ONCE=1 · RESET=1
# exec, so that a SIGTERM from make reaches the demo and not a shell in between
demo: setup
	@exec $(BIN) -m dev.demo \
		$(if $(KIND),--kind "$(KIND)") \
		$(if $(ANNOTATIONS),--annotations "$(ANNOTATIONS)") $(if $(IMAGES),--images "$(IMAGES)") \
		$(if $(DATASET),--dataset "$(DATASET)") $(if $(MAX_SAMPLES),--max-samples "$(MAX_SAMPLES)") \
		$(if $(PORT),--port "$(PORT)") $(if $(HEADLESS),--headless) $(if $(ONCE),--once) \
		$(if $(RESET),--reset)

# install copies a release into FiftyOne's plugins folder: PLUGINS_DIR=..., or that of the
# fiftyone command on the PATH. release packs one and tries it in a new environment, made with
# pip. Neither needs the development set-up; the panel is tried if npm ci has run.
install:
	@$(or $(PYTHON),python3) dev/release.py --install $(if $(PLUGINS_DIR),"$(PLUGINS_DIR)")

release:
	@$(or $(PYTHON),python3) dev/release.py --zip out/duplicates.zip
	@$(or $(PYTHON),python3) -m dev.try_release out/duplicates.zip

# ARGS="-k name" is passed to pytest; JOBS=1 runs the tests in one process. FAST=1 leaves out
# what is marked as slow (the App, soaks, killed processes, large data, most round trips to
# CVAT), runs one example of each test of the database, tries fewer random examples, and
# skips a front end that has passed before, or what works its whole panel. Three processes
# keep two cores busy, as tests wait for the database, a browser and other processes.
# tests/conftest.py orders the files.
PYTEST = $(BIN) -m pytest tests -n $(or $(JOBS),3) --dist loadfile --no-loadscope-reorder

# The lines of the product that the tests run are measured and printed, but not by FAST=1,
# which leaves out half of the tests.
test: lint front
	@$(if $(FAST),,DUPLICATES_TESTS_COVERED=1) $(PYTEST) -m "not long$(if $(FAST), and not slow)" $(if $(FAST),--one-example --hypothesis-profile=fast) $(ARGS)

# includes the tests that take too long for every change, tries more examples, and saves
# the screens of the App
test-full: lint front
	@SHOTS=out/app $(PYTEST) --hypothesis-profile=full $(ARGS)

# Round trips through a real CVAT server, named by CVAT_URL, CVAT_USERNAME and
# CVAT_PASSWORD; skipped without them. One process, as the server has few workers.
test-cvat: setup
	@$(BIN) -m pytest -vv tests/labels/cvat/test_real_server.py $(ARGS)

# The main flow, in the App as well, on the oldest and the newest FiftyOne that the plugin
# runs on and on two between, each in a separate environment; VERSIONS="1.20.1" for some.
test-versions: setup
	@$(BIN) -m dev.versions $(VERSIONS)

# The pictures of README.md and docs/, from the panel in the real App; needs Node.js and
# Chromium. Look at them before they are committed.
screenshots: setup
	@$(BIN) -m dev.screenshots

# The front end: types, tests, and a check of the committed bundle; skipped without Node.js
front:
	@FAST=$(FAST) sh dev/front.sh

lint: setup
	@$(BIN) -m ruff check .
	@$(BIN) -m mypy

bench: setup
	@$(BIN) -m benchmarks.run

bench-full: setup
	@$(BIN) -m benchmarks.run --full

clean:
	rm -rf $(VENV) node_modules .demo .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
