#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The benchmarks: a line a case. `make bench` runs all, BENCH=NAME one.
#   evaluate   a synthetic wide trial of ROWS people (200000), or FILE with its MAP; with 1 and 2 threads
#   check      the same input, read and checked only
set -eu
cd "$(dirname "$0")/.."
rapport=build/rapport
file=${FILE:-} map=${MAP:-}
if [ -z "$file" ]; then
    rows=${ROWS:-200000}
    file=build/bench/$rows/trial.csv map=build/bench/$rows/trial.json
    [ -f "$file" ] || python3 bench/make_trial.py "build/bench/$rows" "$rows"
elif [ -z "$map" ]; then
    echo "MAP is missing: say what the columns of $file mean, as MAP=map.json" >&2
    exit 2
fi

one() {
    case $1 in
    evaluate)
        for threads in 1 2; do
            python3 bench/measure.py "evaluate -$threads" "$file" "$rapport" evaluate "$file" --map "$map" \
                --quiet --no-clock --format json --threads "$threads"
        done
        ;;
    check) python3 bench/measure.py check "$file" "$rapport" check "$file" --map "$map" --quiet ;;
    *)
        echo "there is no benchmark $1 in this version; there are: evaluate, check" >&2
        exit 2
        ;;
    esac
}

if [ -n "${BENCH:-}" ]; then
    one "$BENCH"
else
    one evaluate
    one check
fi
