// Starts Azurite's blob server so that it ends with its parent: when the parent goes, standard input closes.
process.stdin.on("end", () => process.exit(0)).resume();
// Every ten minutes it looks for what it can forget, and answers nobody for up to two minutes: not while it is tested with.
require("azurite/dist/src/blob/utils/constants.js").DEFAULT_GC_INTERVAL_MS = 24 * 60 * 60 * 1000;
require("azurite/dist/src/blob/main.js");
