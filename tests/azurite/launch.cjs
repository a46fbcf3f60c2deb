// Starts Azurite's blob server so that it ends with its parent: when the parent goes, standard input closes.
process.stdin.on("end", () => process.exit(0)).resume();
require("azurite/dist/src/blob/main.js");
