#!/bin/sh
# Journeys in the real window, on a display in memory. The program is that of the last `cargo build --package datashare` or
# `cargo nextest run --workspace`. KEEP_SCREENSHOTS=1 writes the pictures into docs/screenshots.
cd "$(dirname "$0")/../.." || exit 1
target=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/datashare/target}
program=${DATASHARE_PROGRAM:-$target/debug/datashare}
[ -x "$program" ] || { echo "There is no $program yet: run cargo build --package datashare." >&2; exit 1; }
result=0
# The last one needs a Python with the packages of requirements.txt (./dev test makes one); without it it is left out.
journeys="main-job keyboard trouble${DESKTOP_PYTHON:+ desktop}"
for journey in $journeys; do
  xvfb-run --auto-servernum --server-args="-screen 0 1280x900x24" node "tests/e2e/$journey.mjs" "$program" $DESKTOP_PYTHON || result=1
done
exit $result
