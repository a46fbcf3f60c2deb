#!/bin/sh
# The main job in the real window: two people on one computer without a display. The program is that of the last
# `cargo build --package datashare` or `cargo nextest run --workspace`.
# KEEP_SCREENSHOTS=1 writes the pictures into docs/screenshots.
cd "$(dirname "$0")/../.." || exit 1
target=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/datashare/target}
program=${DATASHARE_PROGRAM:-$target/debug/datashare}
[ -x "$program" ] || { echo "There is no $program yet: run cargo build --package datashare." >&2; exit 1; }
exec xvfb-run --auto-servernum --server-args="-screen 0 1280x900x24" node tests/e2e/main-job.mjs "$program"
