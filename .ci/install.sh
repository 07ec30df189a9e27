# Functions for the checks that need more than a Rust toolchain. Source this file.

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
# Installs a package with apt, where that is allowed.
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "install $1 first"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1" >/dev/null
}
