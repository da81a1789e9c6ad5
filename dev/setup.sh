#!/bin/sh
# Makes the virtual environment VENV and installs the pinned packages; `make setup` calls it
# if the pins have changed. PYTHON names an interpreter; the default is the first usable one.
set -eu

usable() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

choose_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.10 python3}; do
        if usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        echo "Python 3.10 to 3.13 is needed, and $PYTHON is none of these" >&2
    else
        echo "Python 3.10 to 3.13 is needed: install one, or name it with make PYTHON=..." >&2
    fi
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
log=$VENV/pip.log
if ! "$VENV/bin/python" -m pip install --disable-pip-version-check -r requirements-dev.txt \
    >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    if grep -qE \
        "name resolution|NameResolutionError|NewConnectionError|ConnectTimeoutError" "$log"; then
        echo "The packages cannot be downloaded: there is no network connection" >&2
    else
        echo "The packages cannot be installed; all that pip said is in $log" >&2
    fi
    exit 1
fi
"$VENV/bin/python" -m dev.mongod
