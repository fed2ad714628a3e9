#!/bin/sh
# Finds a Python from 3.11 on ($PYTHON, else the usual names) and sets .venv up with it.
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! new_enough "$PYTHON"; then
        echo "set-up: PYTHON=$PYTHON is not a Python 3.11 or newer. Name another, or leave PYTHON out." >&2
        exit 1
    fi
    exec "$PYTHON" "$(dirname "$0")/set_up.py"
fi
for python in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if new_enough "$python"; then
        exec "$python" "$(dirname "$0")/set_up.py"
    fi
done
echo "set-up: there is no Python 3.11 or newer here. Install one, or name it: make PYTHON=/path/to/python ..." >&2
exit 1
