#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sets up a build folder where there is none, and builds in it. Says nothing unless it goes wrong.
#   release    build/           -O3 -g, assertions off: the program as people run it
#   test       build-test/      -O2 -g, assertions on, and the tests
#   sanitize   build-sanitize/  the tests under AddressSanitizer and UndefinedBehaviorSanitizer
#   fuzz       build-fuzz/      the fuzz targets, with clang
set -eu
cd "$(dirname "$0")/.."

sanitizers='-Db_sanitize=address,undefined -Db_lundef=false -Db_ndebug=false -Doptimization=1'
case ${1:-release} in
release) folder=build options=-Doptimization=3 ;; # a tenth faster than -O2, the same bytes
test) folder=build-test options='-Dtests=true -Db_ndebug=false' ;;
sanitize) folder=build-sanitize options="-Dtests=true $sanitizers" ;;
fuzz)
    folder=build-fuzz
    options="-Dfuzz=true -Dwerror=false $sanitizers" # gcc is the compiler that must be content
    export CC=clang
    ;;
*)
    echo "usage: tools/build.sh release|test|sanitize|fuzz" >&2
    exit 2
    ;;
esac

log=$folder/build.log
or_say() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}
mkdir -p "$folder"
# shellcheck disable=SC2086 # a list of options is meant
[ -f "$folder/build.ninja" ] || or_say meson setup "$folder" $options
or_say ninja --quiet -C "$folder"
