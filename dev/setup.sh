#!/bin/sh
# Makes the virtual environment VENV and installs the pinned packages; `make setup` calls it
# if the pins have changed. PYTHON names an interpreter; the default is the first usable one.
set -eu

usable() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null
}

choose_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.10 python3}; do
        if usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python 3.10, 3.11 or 3.12 is needed: install one, or name it with make PYTHON=..." >&2
    return 1
}

if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(choose_python)
    echo "Making $VENV with $("$python" --version)"
    if ! "$python" -m venv --clear "$VENV"; then
        echo "$python cannot make a virtual environment: install its venv package" \
            "(on Debian and Ubuntu: apt-get install python3-venv)" >&2
        exit 1
    fi
fi

echo "Installing the pinned packages (takes minutes the first time)"
"$VENV/bin/python" -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
"$VENV/bin/python" -m dev.mongod
