#!/bin/sh
# Checks the panel's front end: types, tests, and that the committed bundle matches its sources.
# Without Node.js 20 the checks are skipped, as users never build it; in CI they fail.
set -eu
export NO_COLOR=1

bundle=panel/dist/index.umd.js
most=260000
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT

lack() {
    echo "$1: skipping the tests of the panel's front end" >&2
    [ "${CI:-}" = true ] && exit 1
    exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || lack "Node.js was not found"
version=$(node -p 'process.versions.node.split(".")[0]')
[ "$version" -ge 20 ] || lack "Node.js $version is older than 20"

stamp=node_modules/.installed-$(cat package.json package-lock.json | cksum | cut -d' ' -f1)
if [ ! -e "$stamp" ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch "$stamp"
fi

inputs="panel tests/ui tests/messages tests/support dev/front.sh"
files=$(find $inputs ./*.json ./*.ts -type f ! -name "*.py" ! -name "*.pyc" | sort)
passed=node_modules/.passed-$(cat $files | cksum | cut -d' ' -f1)
if [ -n "${FAST:-}" ] && [ -e "$passed" ]; then
    echo "The front end has not changed since its tests passed"
    exit 0
fi

npm run --silent typecheck
if [ -n "${FAST:-}" ]; then
    # in one page, and without those that work the whole panel: not all have passed
    npm test --silent -- --reporter=dot --no-isolate --exclude "tests/ui/{panel/*,cvat,reviewing}.test.tsx"
    exit 0
fi
npm test --silent -- --reporter=dot
node_modules/.bin/vite build --logLevel error --outDir "$built"
if ! cmp "$bundle" "$built/index.umd.js"; then
    echo "$bundle is out of date: run npm run build and commit it" >&2
    exit 1
fi
size=$(wc -c <"$bundle")
echo "The bundle is up to date: $size bytes"
[ "$size" -lt "$most" ] || { echo "the bundle is larger than $most bytes" >&2; exit 1; }
rm -f node_modules/.passed-*
touch "$passed"
