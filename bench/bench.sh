#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The benchmarks: a line a case. `make bench` runs all, BENCH=NAME one.
#   evaluate   every question, with 1 and 2 threads, of a synthetic wide trial of ROWS people (200000) and of a synthetic
#              service of CLIENTS clients (100000), all tables but answers to items; or of FILE with its MAP
#   check      a synthetic service of ROWS contacts, administrations and scores (1000000) with FAULTS planted faults
#              (1000), which have to be told, each at its place and by its rule; with CLIENTS, the same faults in a
#              service that `rapport simulate` makes; or FILE with its MAP
#   csv        every field of FILE (the contacts of the service above, without faults) as a typed value; 1 and 2 threads
#   lmm, glmm  mixed models of the shared data, and of FILE, in the form of sessions_20k.csv or dropout_100k.csv; beside
#              R's lme4, where it is installed
#   sem        structural equation models of FILE, or of the shared questionnaires of 100,000 people, a fifth of the
#              answers missing, and of their complete ones in categories, taken as numbers and as ordered, and of two
#              levels, 20,000 drawn clients of 6 sessions; with FILE, CATEGORIES says how many, if ordered
#   meta       meta-analyses of FILE, or of the shared 587 effects, and of 10,000 made-up ones; beside R's metafor, where it
#              is installed
#   simulate   a synthetic service of CLIENTS clients (200000) without items: bytes and seconds
set -eu
cd "$(dirname "$0")/.."
rapport=build/rapport
file=${FILE:-} map=${MAP:-}
case ${BENCH:-} in
csv | lmm | glmm | sem | meta) ;;
*)
    if [ -n "$file" ] && [ -z "$map" ]; then
        echo "MAP is missing: say what the columns of $file mean, as MAP=map.json" >&2
        exit 2
    fi
    ;;
esac

evaluate() {
    if [ -z "$file" ]; then
        rows=${ROWS:-200000}
        trial=build/bench/trial-$rows
        [ -f "$trial/trial.json" ] || python3 bench/make_trial.py "$trial" "$rows"
    fi
    for threads in 1 2; do
        python3 bench/measure.py "evaluate -$threads" "${file:-$trial/trial.csv}" -- "$rapport" evaluate \
            "${file:-$trial/trial.csv}" --map "${map:-$trial/trial.json}" --quiet --no-clock --format json \
            --threads "$threads"
    done
    [ -n "$file" ] || evaluate_service
}

evaluate_service() {
    clients=${CLIENTS:-100000}
    service=build/bench/clients-$clients
    [ -f "$service/datapackage.json" ] ||
        "$rapport" simulate --clients "$clients" --without-items --quiet -o "$service"
    for threads in 1 2; do
        python3 bench/measure.py "service -$threads" "$service"/*.csv -- "$rapport" evaluate "$service" --quiet \
            --no-clock --format json --threads "$threads"
    done
}

plant() { # into a service of CLIENTS clients
    rm -rf "$1" "$1-good"
    mkdir -p build/bench
    "$rapport" simulate --clients "$CLIENTS" --without-items --quiet -o "$1-good"
    python3 bench/plant_faults.py "$1-good" "$1" "$faults"
    rm -rf "$1-good"
}

check() {
    if [ -n "$file" ]; then
        python3 bench/measure.py check "$file" -- "$rapport" check "$file" --map "$map" --quiet
        return
    fi
    rows=${ROWS:-1000000} faults=${FAULTS:-1000}
    service=build/bench/service-$rows-$faults
    if [ -n "${CLIENTS:-}" ]; then
        service=build/bench/simulated-$CLIENTS-$faults
        [ -f "$service/faults.json" ] || plant "$service"
    elif [ ! -f "$service/faults.json" ]; then
        python3 bench/make_service.py "$service" "$rows" "$faults"
    fi
    set -- "$rapport" check "$service" --quiet --no-clock --format json --faults 1000000000 -o "$service.json"
    if [ "$faults" -gt 0 ]; then
        python3 bench/measure.py --status 1 check "$service"/*.csv -- "$@"
    else
        python3 bench/measure.py check "$service"/*.csv -- "$@"
    fi
    python3 bench/planted_faults.py "$service" "$service.json"
}

csv() {
    table=$file
    if [ -z "$table" ]; then
        rows=${ROWS:-1000000}
        service=build/bench/service-$rows-0
        [ -f "$service/faults.json" ] || python3 bench/make_service.py "$service" "$rows" 0
        table=$service/contacts.csv
    fi
    ninja --quiet -C build bench/csv >build/build.log || {
        cat build/build.log >&2
        exit 1
    }
    for threads in 1 2; do
        python3 bench/measure.py "csv -$threads" "$table" -- build/bench/csv "$table" "$threads"
    done
}

simulate() {
    folder=build/bench/simulated
    mkdir -p build/bench
    for threads in 1 2; do
        rm -rf "$folder"
        "$rapport" simulate --clients "${CLIENTS:-200000}" --without-items --threads "$threads" -o "$folder"
    done
    rm -rf "$folder"
}

lmm() {
    python3 bench/fit.py "$rapport" lmm ${file:+"$file"}
}

glmm() {
    python3 bench/fit.py "$rapport" glmm ${file:+"$file"}
}

sem() {
    shared=${RAPPORT_SHARED:-../shared}/bench/data
    ninja --quiet -C build bench/sem >build/build.log || {
        cat build/build.log >&2
        exit 1
    }
    for table in ${file:-"$shared/wai_miss_100000.csv" "$shared/wai_ord_100000.csv"}; do
        build/bench/sem "$table"
    done
    if [ -z "$file" ]; then
        build/bench/sem "$shared/wai_ord_100000.csv" 5
        build/bench/sem levels
    elif [ -n "${CATEGORIES:-}" ]; then
        build/bench/sem "$file" "$CATEGORIES"
    fi
}

meta() {
    shared=${RAPPORT_SHARED:-../shared}/bench/data
    ninja --quiet -C build bench/meta >build/build.log || {
        cat build/build.log >&2
        exit 1
    }
    table=${file:-"$shared/meta_295.csv"}
    build/bench/meta "$table"
    if Rscript -e 'library(metafor)' >/dev/null 2>&1; then
        Rscript bench/meta.R "$table"
    fi
}

case ${BENCH:-} in
'') evaluate && check && { [ -n "$file" ] || { csv && simulate && lmm && glmm && sem && meta; }; } ;;
evaluate | check | csv | simulate | lmm | glmm | sem | meta) "$BENCH" ;;
*)
    echo "there is no benchmark $BENCH in this version; there are: evaluate, check, csv, simulate, lmm, glmm, sem, meta" >&2
    exit 2
    ;;
esac
