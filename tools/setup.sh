#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs from Debian what is missing, and from npm what the browser tests need; ends at once where all is there.
#   tools/setup.sh build   what ./demo needs
#   tools/setup.sh test    what ./test needs as well
#   tools/setup.sh ci      what `make check`, `make fuzz` and .ci/run need as well
set -eu

build='gcc libc6-dev make meson ninja-build pkg-config python3 scdoc libjansson-dev libssl-dev libxxhash-dev zlib1g-dev libzstd-dev libopenblas-serial-dev liblapacke-dev libsuitesparse-dev'
test='libcmocka-dev'
ci='git clang libclang-rt-14-dev clang-format clang-tidy cppcheck universal-ctags fonts-liberation'

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

# Node comes from Debian or from elsewhere, so it goes by its commands.
if [ "${1:-build}" = ci ]; then
    command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
    command -v npm >/dev/null 2>&1 || wanted="$wanted npm"
    command -v chromium >/dev/null 2>&1 || wanted="$wanted chromium"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        echo "could not be done: $*" >&2
        exit 1
    }
}

from_debian() {
    missing=
    for package in $wanted; do
        case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
        'install ok installed') ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
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
    # shellcheck disable=SC2086 # a list of words is meant
    {
        quietly $as_root apt-get -q update
        quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
    }
}

# What package-lock.json names, by its hashes, into build-browser/, which is there whole or not at all.
from_npm() {
    cd "$(dirname "$0")/.."
    cmp -s tests/browser/package-lock.json build-browser/package-lock.json && return
    echo "Installing from npm what the browser tests need"
    rm -rf build-browser build-browser.new
    mkdir build-browser.new
    cp tests/browser/package.json tests/browser/package-lock.json build-browser.new/
    quietly npm ci --prefix build-browser.new --ignore-scripts --no-audit --no-fund
    mv build-browser.new build-browser
}

from_debian
[ "${1:-build}" != ci ] || from_npm
