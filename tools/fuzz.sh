#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzz targets (fuzz/fuzz_NAME.c) with clang's libFuzzer and both sanitizers, and runs each for SECONDS
# (60 unless told), two at a time. Seeds: fuzz/seeds/NAME/; words: fuzz/dictionaries/NAME.dict. What is found on the
# way is kept in build-fuzz/corpus/NAME/, an input that breaks something in build-fuzz/found/NAME-*.
#   tools/fuzz.sh [NAME…]
set -eu
seconds=${SECONDS:-60}
[ "$seconds" -gt 0 ] || seconds=60
cd "$(dirname "$0")/.."
tools/build.sh fuzz

one() {
    name=$1
    mkdir -p "build-fuzz/corpus/$name" build-fuzz/found
    set -- -max_total_time="$2" -rss_limit_mb=2048 -timeout=10 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="build-fuzz/found/$name-" "build-fuzz/corpus/$name"
    [ -d "fuzz/seeds/$name" ] && set -- "$@" "fuzz/seeds/$name"
    [ -f "fuzz/dictionaries/$name.dict" ] && set -- "$@" "-dict=fuzz/dictionaries/$name.dict"
    log=build-fuzz/$name.log
    if "build-fuzz/fuzz/fuzz_$name" "$@" >"$log" 2>&1; then
        echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, nothing found"
    else
        tail -n 60 "$log"
        echo "fuzz $name: FOUND something; see $log and build-fuzz/found/" >&2
        return 1
    fi
}

if [ "${1:-}" = --one ]; then
    one "$2" "$seconds"
    exit
fi
[ $# -gt 0 ] || set -- $(ls fuzz/fuzz_*.c | sed 's|.*/fuzz_\(.*\)\.c|\1|')
export SECONDS="$seconds"
printf '%s\n' "$@" | xargs -P 2 -n 1 tools/fuzz.sh --one
