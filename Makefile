# SPDX-License-Identifier: GPL-3.0-or-later
# A thin front: meson and ninja do the work.
.POSIX:
.PHONY: all build test sanitize check reformat format floors style static docs fuzz bench truth truth-models truth-alliance install clean
all: build

build: # build/rapport
	@tools/build.sh release

test: # all tests, assertions on
	@./test

sanitize: # all tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/build.sh sanitize
	@tools/run_tests build-sanitize

check: format floors style docs static # all that needs no run of the tests

reformat: # lays out the code as `make format` wants it
	@find src include tests fuzz bench -name '*.[ch]' -exec clang-format -i {} +

format:
	@tools/check_format

floors:
	@tools/check_layers

style:
	@tools/check_style

static:
	@tools/build.sh release
	@tools/static_checks build

docs:
	@tools/build.sh release
	@tools/doc_checks build/rapport
	@tools/sentences

fuzz: # SECONDS=60 for each target
	@tools/fuzz.sh

bench: # BENCH=evaluate ROWS=... or FILE=... MAP=...; BENCH=csv FILE=...
	@tools/build.sh release
	@bench/bench.sh

truth: # SEEDS=200 services a scenario against their truth, into docs/truth.md
	@tools/build.sh release
	@python3 bench/truth.py build/rapport --seeds "$${SEEDS:-200}" --write docs/truth.md

truth-models: # DATA_SETS=2000 data sets a design, intervals of mixed models, into docs/truth.md
	@tools/build.sh release
	@ninja -C build bench/model_coverage >/dev/null
	@python3 bench/truth_models.py build/bench/model_coverage --data-sets "$${DATA_SETS:-2000}" --write docs/truth.md

truth-alliance: # SEEDS=400 services a scenario, the verdict of alliance-outcome, into docs/truth.md and its own page
	@tools/build.sh release
	@python3 bench/alliance_panel.py build/rapport --seeds "$${SEEDS:-400}" --docs docs

install: # PREFIX=/usr/local DESTDIR=
	@tools/build.sh release
	@meson configure build -Dprefix="$${PREFIX:-/usr/local}" >/dev/null
	@tools/build.sh release
	@DESTDIR="$${DESTDIR:-}" meson install -C build --no-rebuild --quiet

clean:
	rm -rf build build-test build-sanitize build-fuzz build-browser
