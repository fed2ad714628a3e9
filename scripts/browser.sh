#!/bin/sh
# Sees to what the browser tests need, and prints the browser's path: $TEST_BROWSER, else a Chromium
# or Chrome that is installed, else (as root, with apt-get) Debian's chromium, installed now. Playwright's driver
# in .venv needs libatomic1, which a bare Debian lacks. Where something stays missing this says so and fails:
# browser tests are never skipped.
set -eu
cd "$(dirname "$0")/.."

works() {
    program=$(command -v "$1") && "$program" --version </dev/null >/dev/null 2>&1
}

find_browser() {
    if [ -n "${TEST_BROWSER:-}" ]; then
        works "$TEST_BROWSER"
        return
    fi
    for browser in chromium chromium-browser google-chrome google-chrome-stable chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        /Applications/Chromium.app/Contents/MacOS/Chromium; do
        works "$browser" && return
    done
    return 1
}

driver_works() {
    for driver in .venv/lib/python*/site-packages/playwright/driver/node; do
        [ ! -e "$driver" ] || works "./$driver" || return 1
    done
}

packages=
driver_works || packages=libatomic1
find_browser || [ -n "${TEST_BROWSER:-}" ] || packages="$packages chromium"
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "browser: installing Debian's ${packages# } (up to a minute or two)" >&2
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    {
        apt-get update # half of the lists may do
        # shellcheck disable=SC2086 # one word a package. Fonts come along: fontconfig depends on fonts-dejavu-core.
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $packages
    } </dev/null >"$log" 2>&1 || tail -n 20 "$log" >&2
    rm -f "$log"
fi

if ! driver_works; then
    echo "browser: Playwright's driver does not run: $("./$driver" --version 2>&1 | head -n 1)" >&2
    echo "browser: Debian: sudo apt install libatomic1" >&2
    exit 1
elif find_browser; then
    echo "$program"
elif [ -n "${TEST_BROWSER:-}" ]; then
    echo "browser: TEST_BROWSER=$TEST_BROWSER does not run. Correct or unset it." >&2
    exit 1
else
    echo "browser: the browser tests need Chromium or Chrome, and there is none here that runs. Install one" >&2
    echo "browser: (Debian: sudo apt install chromium), or set TEST_BROWSER to its path." >&2
    exit 1
fi
