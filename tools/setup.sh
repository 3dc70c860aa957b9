#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs from Debian what is missing, and nothing else; ends at once where all is there.
#   tools/setup.sh build   what ./demo needs
#   tools/setup.sh test    what ./test needs as well
#   tools/setup.sh ci      what `make check`, `make fuzz` and .ci/run need as well
set -eu

build='gcc libc6-dev make meson ninja-build pkg-config python3 scdoc libjansson-dev libssl-dev libxxhash-dev'
test='libcmocka-dev'
ci='git clang libclang-rt-14-dev clang-format clang-tidy cppcheck universal-ctags'

case ${1:-build} in
build) wanted=$build ;;
test) wanted="$build $test" ;;
ci) wanted="$build $test $ci" ;;
*)
    echo "usage: tools/setup.sh build|test|ci" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "This is no Debian. Install what answers to these packages, then go on: $wanted" >&2
    command -v meson >/dev/null 2>&1 && command -v ninja >/dev/null 2>&1
    exit
fi

missing=
for package in $wanted; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
    'install ok installed') ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null 2>&1; then
        echo "These Debian packages are missing, and there is no sudo. Run this as root, then go on:" >&2
        echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
fi

echo "Installing from Debian:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        echo "could not be done: $*" >&2
        exit 1
    }
}
# shellcheck disable=SC2086 # a list of words is meant
{
    quietly $as_root apt-get -q update
    quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
}
