#!/usr/bin/env bash
# Fetch what the tests of interchange compare us with from npm, each file checked by its hash in the lock.
# It goes into .venv/counterparts; the service uses nothing of it.
set -euo pipefail
cd "$(dirname "$0")/.."

source=tests/interchange
target=.venv/counterparts

for program in node npm; do
    command -v "$program" >/dev/null && continue
    echo "\"$program\" is missing: the counterparts from npm are left out, and their tests are skipped." >&2
    [ "${TIPLINE_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
done
cmp -s "$source/package-lock.json" "$target/installed-lock.json" && exit 0

rm -rf "$target"
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$target"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null || {
    echo "The counterparts could not be fetched from npm; their tests are skipped." >&2
    [ "${TIPLINE_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
}
cp "$source/package-lock.json" "$target/installed-lock.json"
