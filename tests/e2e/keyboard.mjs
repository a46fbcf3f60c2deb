/**
 * The main job in the real window by keyboard alone: first start, share, invite, open, agree, map, receive. Nothing is clicked,
 * and the focus goes nowhere but by Tab. Ana invites herself, so that one window shows both parts.
 *
 *   node keyboard.mjs PROGRAM         (run.sh brings the display)
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Journey } from "./journey.mjs";
import { fingerprint, put } from "./tree.mjs";
import { until } from "./until.mjs";

const [TAB, ENTER, SPACE, CONTROL, END] = ["\uE004", "\uE007", " ", "\uE009", "\uE010"];
/** More than the focus has places on any page. */
const MOST_STEPS = 120;

const journey = await Journey.begin(process.argv[2]);
const at = (name) => join(journey.place, name);
const shop = at("shop");
for (const folder of [at("meeting"), at("received")]) await mkdir(folder, { recursive: true });
await put(shop, "sales/January.csv", "shop,amount\nOslo,9.10\n");
await put(shop, "sales/February.csv", "shop,amount\nOslo,7.20\n");

const ana = journey.party("ana");

await journey.step("the first start is three lines and Enter", async () => {
  await ana.start();
  await fill("first-name", "Ana Provider");
  await fill("first-organisation", "Contoso");
  await fill("first-email", "ana@contoso.example");
  await press("first-submit");
  await ana.window.waitFor("home-share");
});

await journey.step("Ctrl+N makes a share, and an invitation to it", async () => {
  await ana.window.press(CONTROL, "n");
  await fill("share-name", "By keyboard");
  await addFolder("share-exchange", at("meeting"), "Meeting place");
  await press("terms-template-internal");
  await press("wizard-next");
  await addFolder("dataset-connection", shop, "Shop system");
  await press("tree-sales", SPACE);
  await press("wizard-next");
  await press("wizard-next");
  await fill("recipients-input", "ana@contoso.example");
  await press("wizard-next");
  await press("wizard-create");
  await ana.window.waitFor("invitation-link-text");
});

await journey.step("Ctrl+O opens the invitation; its terms are read to the end and agreed to", async () => {
  const link = await ana.window.text("invitation-link-text");
  await ana.window.press(CONTROL, "o");
  await fill("invitation-input", link);
  await press("invitation-open");
  await reach("terms-text");
  await ana.window.press(END);
  await press("terms-agree", SPACE);
  await press("invitation-accept");
});

await journey.step("the data arrives where it was asked for, identical", async () => {
  await addFolder("target-connection", at("received"), "Received data");
  await ana.window.waitFor("mapping-snapshot-now");
  await press("mapping-save");
  await ana.window.waitForText("snapshot-status", /Succeeded/);
  const arrived = join(at("received"), await ana.window.run("return document.querySelector('h1').innerText.replace('Snapshot of ', '')"), "sales");
  assert.deepEqual(await fingerprint(arrived), await fingerprint(join(shop, "sales")));
});

await journey.step("Ctrl+K finds the share", async () => {
  await ana.window.press(CONTROL, "k");
  await ana.window.waitFor("palette-input");
  await ana.window.write("by key");
  await until("the share among what was found", () => ana.window.run("return /By keyboard/.test(document.querySelector('[role=listbox]')?.innerText ?? '')"));
  await ana.window.press(ENTER);
  await until("its page", () => ana.window.run("return document.querySelector('h1')?.innerText === 'By keyboard'"));
});

await journey.end();

/** Moves on with Tab until the element has the focus. */
async function reach(name) {
  await ana.window.waitFor(name);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await ana.window.run("const e = document.activeElement; return !!e?.closest(arguments[0])", `[data-testid="${name}"]`)) return;
    await ana.window.press(TAB);
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

async function press(name, key = ENTER) {
  await until(`${name} to be enabled`, () => ana.window.run("return document.querySelector(arguments[0])?.disabled === false", `[data-testid="${name}"]`));
  await reach(name);
  await ana.window.press(key);
}

async function fill(name, text) {
  await reach(name);
  await ana.window.write(text);
  await until(`${name} to hold what was typed`, async () => (await ana.window.value(name)) === text);
}

/** Adds a connection to a folder from within the field that asks for one. */
async function addFolder(field, path, name) {
  await press(`${field}-add`);
  await fill("connection-path", path);
  await fill("connection-name", name);
  await press("connection-save");
  await ana.window.waitForValue(field, /.+/);
}
