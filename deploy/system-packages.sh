#!/usr/bin/env bash
# The one list of every package that must come from the system.
#
#   system-packages.sh --if-root [run]   install what is missing when root on Debian or Ubuntu;
#                                        otherwise say what is missing, and go on
#   system-packages.sh --missing [run]   print what is missing, one name a line
#
# With "run" only what the service itself needs is looked at, otherwise what the tests need too.
# TIPLINE_REQUIRE_ALL=1 makes a package that stays missing a failure.
set -euo pipefail

# Names that stand for each other on different releases are joined by "|".
RUN=(
    "libmagic1|libmagic1t64"          # the type of a file, by its content
    "fonts-noto-cjk|fonts-wqy-zenhei|fonts-droid-fallback"  # Chinese letters of files that bring no font
    "libpango-1.0-0"                  # lays out letters of transfer
    "libpangoft2-1.0-0"               # the same, with the fonts of the system
    "libharfbuzz-subset0"             # puts into a PDF only the letters that it uses
)
TESTS=(
    "chromium"                        # journeys in a real browser, accessibility, screenshots
    "default-jre-headless"            # the HTML checker of the W3C is a Java program
    "fonts-dejavu-core"               # a Latin font of known width
    "nodejs"                          # runs an independent client of blind signatures
    "npm"                             # fetches it, by its hash
    "postgresql"                      # the database of larger places
    "redis-server"                    # shared rate limits across machines
    "strace"                          # lets the n-th write or fsync of a keeper fail, or kills it there
)
PYTHON="${PYTHON:-python3}"

mode="${1:-}"
group="${2:-all}"
case "$mode $group" in
    "--if-root all" | "--if-root run" | "--missing all" | "--missing run") ;;
    *) echo "usage: $0 --if-root|--missing [run]" >&2; exit 2 ;;
esac

wanted=("${RUN[@]}")
# A Python from Debian comes without ensurepip; one built from source has it.
"$PYTHON" -c 'import ensurepip' 2>/dev/null || wanted+=("python3-venv")
[ "$group" = run ] || wanted+=("${TESTS[@]}")

has_dpkg() { command -v dpkg-query >/dev/null; }

installed() { # NAME|NAME…
    local name
    case "$1" in  # Node's own packages hold both, and Debian's npm would not install beside them.
        nodejs) command -v node >/dev/null && return 0 ;;
        npm) command -v npm >/dev/null && return 0 ;;
    esac
    if ! has_dpkg; then
        case "$1" in
            chromium) command -v chromium >/dev/null; return ;;
            default-jre-headless) command -v java >/dev/null; return ;;
            libpango-*) "$PYTHON" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("pango-1.0"))'; return ;;
            libpangoft2-*) "$PYTHON" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("pangoft2-1.0"))'; return ;;
            libharfbuzz-*) "$PYTHON" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("harfbuzz-subset"))'; return ;;
            libmagic*) "$PYTHON" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("magic"))'; return ;;
            postgresql) command -v initdb >/dev/null; return ;;
            redis-server) command -v redis-server >/dev/null; return ;;
            strace) command -v strace >/dev/null; return ;;
            *) return 1 ;;
        esac
    fi
    for name in ${1//|/ }; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] && return 0
    done
    return 1
}

available() { # prints the first of NAME|NAME… that can be installed
    local name known
    for name in ${1//|/ }; do
        known="$(LC_ALL=C apt-cache policy "$name" 2>/dev/null)"
        if [[ "$known" == *"Candidate: "[!\(]* ]]; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

look() {
    local entry
    missing=()
    for entry in "${wanted[@]}"; do
        installed "$entry" || missing+=("$entry")
    done
}

look
if [ "$mode" = --missing ]; then
    [ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]%%|*}"
    exit 0
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && has_dpkg && command -v apt-get >/dev/null; then
    echo "Installing from the system's packages: ${missing[*]%%|*}"
    export DEBIAN_FRONTEND=noninteractive
    apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq)
    "${apt[@]}" update || echo "The list of packages could not be renewed; going on with the one at hand." >&2
    names=()
    for entry in "${missing[@]}"; do
        name="$(available "$entry")" && names+=("$name")
    done
    if [ ${#names[@]} -gt 0 ]; then
        "${apt[@]}" install --yes --no-install-recommends "${names[@]}" >/dev/null \
            || echo "apt-get could not install all of them." >&2
    fi
    look
    [ ${#missing[@]} -gt 0 ] || exit 0
fi

echo "Missing system packages: ${missing[*]%%|*}" >&2
echo "What needs them is left out. On Debian or Ubuntu: sudo apt-get install ${missing[*]%%|*}" >&2
[ "${TIPLINE_REQUIRE_ALL:-}" != 1 ] || { echo "TIPLINE_REQUIRE_ALL=1: nothing may be left out." >&2; exit 1; }
