#!/usr/bin/env bash
# Gradescope runs this once, when the image of the autograder is built.
set -euo pipefail
base="${AUTOGRADER:-/autograder}"
apt-get update -qq
apt-get install -qq -y --no-install-recommends bubblewrap
# The course needs Python 3.11 or newer; older images have it under a name of its own.
for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then break; fi
    python=""
done
if [ -z "$python" ]; then
    apt-get install -qq -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$base/venv"
"$base/venv/bin/python" -m pip install -q @INSTALL@
