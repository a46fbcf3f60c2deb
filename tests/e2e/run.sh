#!/bin/sh
# Journeys in the real window, on a display in memory. The program is that of the last `cargo build --package datashare` or
# `cargo nextest run --workspace`. KEEP_SCREENSHOTS=1 writes the pictures into docs/screenshots.
cd "$(dirname "$0")/../.." || exit 1
target=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/datashare/target}
program=${DATASHARE_PROGRAM:-$target/debug/datashare}
[ -x "$program" ] || { echo "There is no $program yet: run cargo build --package datashare." >&2; exit 1; }
result=0
for journey in main-job trouble; do
  xvfb-run --auto-servernum --server-args="-screen 0 1280x900x24" node "tests/e2e/$journey.mjs" "$program" || result=1
done
exit $result
