# Functions for the checks that need more than a Rust toolchain. Source this file.

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
# Installs a package with apt, where that is allowed.
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "install $1 first"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1" >/dev/null
}
# Runs the emulator until the end of the check, with its output in the file $1 and its address in $url. More arguments are
# those of `drs serve`.
serve() {
    : >"$1"
    target/debug/drs serve "${@:2}" >"$1" &
    emulator=$!
    trap 'kill "$emulator"' EXIT
    until grep --quiet --max-count=1 '^export ' "$1"; do
        kill -0 "$emulator" || fail "the emulator did not start"
        sleep 0.1
    done
    url=$(grep --only-matching --max-count=1 'http://127.0.0.1:[0-9]*' "$1")
}
