# make run        a trial instance: environment, keys, database, members, the three processes
# make install    the environment with all tools (.venv)
# make test       the tests; ARGS="-k code" is handed to pytest
# make coverage   the tests, with what they did not reach
# make check      format, lint, types, import contracts, message catalogues
# make format     put code into the one format
# make bench      how fast it is, beside the physical limits
# make screenshots  the pictures in docs/screenshots, from a trial of their own
# make lock       the lock files from requirements*.in

PYTHON ?= python3
export PYTHON
BIN := .venv/bin
ARGS ?=
CODE := crypto tipline admin templates tests hatch_build.py
ROOMS := crypto tipline admin templates
CATALOGUES := $(wildcard templates/*/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
COMPILE := uv pip compile --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.PHONY: install runtime run test coverage check format bench screenshots lock

install:
	@deploy/environment.sh dev
	@$(MAKE) --no-print-directory --silent compiled

runtime:
	@deploy/system-packages.sh --if-root run
	@deploy/environment.sh runtime
	@$(MAKE) --no-print-directory --silent compiled

.PHONY: compiled
compiled: $(COMPILED)

%.mo: %.po
	@$(BIN)/python hatch_build.py

run: runtime
	@$(BIN)/tipline trial

# One worker more than CI has cores: a third of the time a test waits, for a browser, a server or a clock.
# What starts a process of ours hundreds of times reads compiled code, also where nothing may be written.
test:
	@deploy/system-packages.sh --if-root
	@$(MAKE) --no-print-directory install
	@deploy/counterparts.sh
	@$(BIN)/python -m compileall -q -j 0 $(ROOMS)
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

coverage:
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term $(ARGS)"

# import-linter's cache keeps how an import resolved: one of a module written later would go unseen.
check: install
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/check_catalogues.py

format: install
	$(BIN)/ruff check --fix-only --select I,UP $(CODE)
	$(BIN)/ruff format $(CODE)

bench: runtime
	$(BIN)/tipline bench $(ARGS)

screenshots: install
	$(BIN)/python -m tests.docs.screenshots

lock: install
	$(BIN)/$(COMPILE) $(ARGS) --output-file requirements.lock requirements.in
	$(BIN)/$(COMPILE) $(ARGS) --constraints requirements.lock --output-file requirements-dev.lock requirements-dev.in
