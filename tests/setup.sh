#!/bin/sh
# Sees to it that this machine has what the tests need: Python 3.11 with venv, Dovecot, PostgreSQL and Chromium.
# Installs what is missing on Debian where it may (root, or sudo without a password); otherwise says what to do and ends with 1.
# With --python-only it looks after Python alone, which is all that the demo needs.
set -eu
python=${PYTHON:-python3}
missing=""

if ! command -v "$python" >/dev/null 2>&1; then
    missing="$missing python3 python3-venv"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$python is older than Python 3.11; name a newer one: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing="$missing python3-venv"
fi

if [ "${1:-}" != "--python-only" ]; then
    # Dovecot stands where an ordinary user's PATH may not lead, and so do PostgreSQL's server programs.
    if ! PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v dovecot >/dev/null 2>&1; then
        missing="$missing dovecot-imapd"
    fi
    if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        missing="$missing postgresql"
    fi
    if ! command -v chromium >/dev/null 2>&1; then
        # Without a font of its own a page would be measured in boxes.
        missing="$missing chromium fonts-liberation"
    fi
fi

[ -n "$missing" ] || exit 0

root=""
if [ "$(id -u)" != 0 ]; then
    root="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1 && { [ -z "$root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing$missing ..."
    $root apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing
else
    echo "This machine lacks:$missing" >&2
    echo "On Debian or Ubuntu install it with: sudo apt-get update && sudo apt-get install$missing" >&2
    exit 1
fi
