import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Journey } from "./journey.mjs";
import { Party } from "./party.mjs";

const program = process.argv[2];
const place = await mkdtemp(join(tmpdir(), "datashare-e2e-"));
const ana = new Party("provider", join(place, "ana"), program);
const journey = new Journey(async () => { await ana.window?.screenshot(join(place, "fail.png")); });
console.log(place);
await journey.step("opens", async () => { await ana.start(); console.log(await ana.window.run("return document.body.innerText")); await ana.window.screenshot(join(place, "first.png")); });
await journey.step("again", async () => { await ana.startAgain("datashare://invitation#abc"); });
await ana.stop();
process.exitCode = journey.report();
