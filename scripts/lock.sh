#!/usr/bin/env bash
# Writes locks/*.txt anew from pyproject.toml for every platform and Python that the project supports.
# Versions already locked stay unless `--upgrade` or `--upgrade-package NAME` is given. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock NAME [uv options…]
    uv pip compile --quiet --universal --generate-hashes --custom-compile-command scripts/lock.sh \
        --group build --output-file "locks/$1.txt" pyproject.toml "${@:2}"
}

# The test lock decides first and the others follow it, so that no package has two locked versions.
lock test --extra test "$@"
lock score --constraint locks/test.txt
lock onnx --extra onnx --constraint locks/test.txt
lock ray --extra ray --constraint locks/test.txt
lock train --extra train --constraint locks/test.txt
