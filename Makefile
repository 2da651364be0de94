# Two commands for a newcomer: `make run` and `make test`. Both set up what they need; both are quick the second time.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release/amalrec

.PHONY: run test test-http formats check deny snap screenshots bench-generate bench-io bench-models bench-sei bench-stats bench-tui setup model

run: setup
	$(CARGO) build --release --locked
	$(RELEASE) models pull
	[ -f demo.db ] || $(RELEASE) --project demo.db init --demo
	@if [ -t 0 ] && [ -t 1 ]; then \
		exec $(RELEASE) --project demo.db; \
	else \
		[ -n "$$($(RELEASE) --project demo.db list tuples --where status:ranked --limit 1)" ] || \
			$(RELEASE) --project demo.db run --limit 10; \
		$(RELEASE) --project demo.db list candidates --limit 80; \
	fi

test: model
	$(CARGO) test --locked

# The model that tests generate with. Built as the tests are, so that no dependency is built twice.
model: setup
	$(CARGO) test --locked --no-run
	$(TARGET)/debug/amalrec --quiet models pull >/dev/null

setup:
	@.ci/setup

# Exports of the program that the tests built, read as their reference loaders do; Parquet by pyarrow.
formats: model
	[ -d $(TARGET)/formats-venv ] || python3 -m venv $(TARGET)/formats-venv
	$(TARGET)/formats-venv/bin/pip install -q --disable-pip-version-check pyarrow==26.0.1 pyyaml==6.0.3
	$(TARGET)/formats-venv/bin/python tests/formats/check.py $(TARGET)/debug/amalrec

# What CI checks besides the tests.
check: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	$(CARGO) test --locked --no-default-features

# Licences, bans and sources of all dependencies (cargo install cargo-deny --locked).
deny:
	$(CARGO) deny check licenses bans sources

# Accept changed screens after looking at each.
snap:
	INSTA_UPDATE=always $(CARGO) test --locked screens

# The pictures of the README, drawn by the program from the demo project.
PICTURE = $(RELEASE) --project $(TARGET)/picture.db --annotator mansi tui --picture
screenshots: setup
	$(CARGO) build --release --locked
	$(RELEASE) --quiet models pull >/dev/null
	rm -f $(TARGET)/picture.db*
	$(RELEASE) --quiet --project $(TARGET)/picture.db init --demo
	$(RELEASE) --quiet --project $(TARGET)/picture.db run --limit 30
	$(PICTURE) docs/pictures/review.svg --screen review --arm ranked+scores
	$(PICTURE) docs/pictures/edit.svg --screen review --arm ranked+scores --keys "j e ctrl-w ctrl-w"
	$(PICTURE) docs/pictures/tuples.svg --screen tuples --columns 140

# The interface at scale: 165,000 tuples, 2,475,000 scored candidates, in a project of 5 GB that is made once.
bench-tui: setup
	BENCH_FOLDER=$(abspath $(TARGET)/bench-tui) $(CARGO) test --release --locked --test it scale::bench_tui -- \
		--ignored --nocapture

# Generation speed beside a bare llama.cpp loop in one run, then prompt tokens and candidates a minute over all methods.
bench-generate: setup
	$(CARGO) build --release --locked
	$(RELEASE) --quiet models pull >/dev/null
	$(CARGO) test --locked --test it engine_speed::beside -- --ignored --nocapture
	rm -f $(TARGET)/bench.db*
	$(RELEASE) --quiet --project $(TARGET)/bench.db init --demo
	$(RELEASE) --project $(TARGET)/bench.db generate --limit $(or $(TUPLES),50) --json

# How well SEI agrees with people, on the development data, beside baselines; what is measured is kept.
bench-sei: setup
	$(CARGO) build --release --locked
	$(RELEASE) --quiet models pull >/dev/null
	[ -d $(TARGET)/bench-venv ] || python3 -m venv $(TARGET)/bench-venv
	$(TARGET)/bench-venv/bin/pip install -q --disable-pip-version-check sacrebleu==2.6.0
	$(TARGET)/bench-venv/bin/python benches/sei/table.py --amalrec $(RELEASE)
	$(TARGET)/bench-venv/bin/python benches/sei/candidates.py --amalrec $(RELEASE)

# Import and export beside the sqlite3 shell and pandas; tuples.tsv of ../shared/data where it is there.
bench-io: setup
	$(CARGO) build --release --locked
	[ -d $(TARGET)/bench-io-venv ] || python3 -m venv $(TARGET)/bench-io-venv
	$(TARGET)/bench-io-venv/bin/pip install -q --disable-pip-version-check pandas
	$(TARGET)/bench-io-venv/bin/python benches/io.py --amalrec $(RELEASE)

# What the shipped models are worth, on the development data: BLEU and chrF by sacreBLEU.
bench-models: setup
	$(CARGO) build --release --locked
	$(RELEASE) --quiet models pull >/dev/null
	[ -d $(TARGET)/bench-venv ] || python3 -m venv $(TARGET)/bench-venv
	$(TARGET)/bench-venv/bin/pip install -q --disable-pip-version-check sacrebleu==2.6.0
	$(TARGET)/bench-venv/bin/python benches/models.py --amalrec $(RELEASE)

# The engine elsewhere, against a real llama-server on loopback (built once, some ten minutes on two cores).
test-http: model
	tests/server/run.sh $(TARGET)/debug/amalrec

# Statistics: simulated annotators of known truth, then every report of a project of 15,000 sentences.
bench-stats: setup
	$(CARGO) test --locked --no-default-features --lib -- stats::simulations --nocapture
	$(CARGO) test --locked --no-default-features --test it -- passes::reports_of_15000 --ignored --nocapture
