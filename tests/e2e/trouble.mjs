/**
 * Starts that do not go smoothly: no keyring, and a workspace that a newer version has written. The window opens, says in
 * words what is the matter, and offers a way on where there is one.
 *
 *   node trouble.mjs PROGRAM         (run.sh brings the display)
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Journey } from "./journey.mjs";
import { introduce } from "./people.mjs";

const PASSPHRASE = "a passphrase of some length";
/** Where SQLite keeps the version of the layout in the database file. */
const LAYOUT_VERSION = 60;

const journey = await Journey.begin(process.argv[2]);
const cem = journey.party("cem");

await journey.step("without a keyring the first start offers other places for secrets", async () => {
  await cem.arrive();
  await cem.open();
  await cem.window.waitForText("vault-trouble", /keyring/i);
  await cem.window.type("vault-passphrase", PASSPHRASE);
  await cem.window.type("vault-passphrase-repeat", PASSPHRASE);
  await cem.window.click("vault-submit");
  await introduce(cem, { name: "Cem", organisation: "Tailspin", email: "cem@tailspin.example" });
});

await journey.step("the next start asks for the passphrase, and a wrong one opens nothing", async () => {
  await cem.close();
  await cem.open();
  await cem.window.type("vault-passphrase", "not the right one");
  await cem.window.click("vault-submit");
  await cem.window.waitFor("error[data-code=wrong-passphrase]");
  await cem.window.type("vault-passphrase", PASSPHRASE);
  await cem.window.click("vault-submit");
  await cem.window.waitFor("home-share");
});

await journey.step("a workspace of a newer version is named and left alone", async () => {
  await cem.close();
  const database = join(cem.home, "workspace.db");
  const newer = await readFile(database);
  newer.writeUInt32BE(9_999, LAYOUT_VERSION);
  await writeFile(database, newer);
  await cem.open();
  await cem.window.waitForText("error[data-code=newer-database]", /newer version/);
  await cem.close();
  assert.deepEqual(await readFile(database), newer);
});

await journey.end();
