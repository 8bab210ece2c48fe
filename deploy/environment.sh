#!/usr/bin/env bash
# Make .venv from a lock file, every package checked by its hash.
#
#   environment.sh runtime|dev
#
# A stamp in .venv (runtime.stamp, dev.stamp) holds what was installed: nothing is done while locks, build files,
# Python and folder stay as they were. "dev" holds all of "runtime".
set -euo pipefail
cd "$(dirname "$0")/.."

kind="${1:-}"
case "$kind" in
    runtime) locks=(requirements.lock); last=requirements.lock ;;
    dev) locks=(requirements.lock requirements-dev.lock); last=requirements-dev.lock ;;
    *) echo "usage: $0 runtime|dev" >&2; exit 2 ;;
esac

python="${PYTHON:-python3}"
say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "Python 3.11 or newer is needed; \"$python\" is $("$python" --version 2>/dev/null || echo missing)."
    say "Name another one like this: make run PYTHON=python3.12"
    exit 1
}

fingerprint() { # LOCK…
    { cat "$@" pyproject.toml hatch_build.py; pwd; "$python" -VV; } | sha256sum | cut -d' ' -f1
}
current() { # KIND LOCK…
    local stamp=".venv/$1.stamp"
    shift
    [ -x .venv/bin/python ] && [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}

current "$kind" "${locks[@]}" && exit 0
if [ "$kind" = runtime ]; then
    current dev requirements.lock requirements-dev.lock && exit 0
fi

# An environment that was moved, or whose Python is gone, is made again.
if [ -d .venv ] && ! { .venv/bin/pip --version && [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" = "$PWD/.venv" ]; } >/dev/null 2>&1; then
    say "The environment in .venv no longer works here: making it again."
    rm -rf .venv
fi
if [ ! -d .venv ]; then
    say "1/3  Making the virtual environment in .venv …"
    "$python" -c 'import ensurepip' 2>/dev/null || {
        say "This Python cannot make virtual environments: a part of it, ensurepip, is missing."
        say "On Debian or Ubuntu run \"sudo apt-get install python3-venv\", then the same make command again."
        exit 1
    }
    "$python" -m venv .venv || { rm -rf .venv; say "\"$python -m venv .venv\" failed; the reason stands above."; exit 1; }
else
    say "1/3  The virtual environment in .venv is there."
fi
rm -f .venv/*.stamp

total="$(grep -c '^[a-zA-Z0-9].*==' "$last")"
say "2/3  Installing $total packages from $last, each checked by its hash …"
log=".venv/install.log"
progress() {
    local line count=0 name
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case "$line" in
            Collecting* | "Requirement already satisfied:"* | Ignoring*)
                count=$((count + 1))
                name="${line#Collecting }"; name="${name#Requirement already satisfied: }"; name="${name#Ignoring }"
                name="${name%%[ =:]*}"
                if [ -t 2 ]; then printf '\r\033[K     %d of %d  %s' "$count" "$total" "$name" >&2
                elif [ $((count % 20)) = 0 ]; then say "     $count of $total"; fi ;;
            "Installing collected packages:"*)
                if [ -t 2 ]; then printf '\r\033[K' >&2; fi
                say "     all downloaded and checked; unpacking …" ;;
        esac
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}
: >"$log"
pip=(.venv/bin/python -m pip --disable-pip-version-check)
# The lock names every package, so nothing is resolved: older pips do not count "coverage==7" for "coverage[toml]>=7".
"${pip[@]}" install --require-hashes --no-deps --requirement "$last" 2>&1 | progress || {
    say "The installation failed. The last lines of $log:"
    tail -n 15 "$log" >&2
    exit 1
}
"${pip[@]}" check >>"$log" 2>&1 || {
    say "$last does not hold all that its packages need:"
    tail -n 15 "$log" >&2
    exit 1
}

say "3/3  Installing tipline itself …"
"${pip[@]}" install --quiet --no-index --no-deps --no-build-isolation --editable . >>"$log" 2>&1 || {
    say "Building tipline failed. The last lines of $log:"
    tail -n 15 "$log" >&2
    exit 1
}
fingerprint "${locks[@]}" >".venv/$kind.stamp"
say "Ready."
