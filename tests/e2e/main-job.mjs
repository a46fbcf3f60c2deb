/**
 * The main job in the real window: Ana shares a folder, Ben opens the link, accepts the terms, chooses where the files go,
 * takes a snapshot and sees it succeed. What arrives on his disk is compared with hers.
 *
 *   node main-job.mjs PROGRAM         (run.sh brings the display)
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { Journey } from "./journey.mjs";
import { introduce } from "./people.mjs";
import { fingerprint, plant, put } from "./tree.mjs";

const TERMS = `# Terms of use

1. The figures are for planning in your own organisation.
2. They are not passed on, not in part and not in summary.
3. Personal data is not part of them; should you find some, say so at once.
4. They are deleted when this agreement ends.
`;

const journey = await Journey.begin(process.argv[2]);
const at = (name) => join(journey.place, name);
const pictures = process.env.KEEP_SCREENSHOTS ? resolve(import.meta.dirname, "../../docs/screenshots") : at("screenshots");
const shop = at("shop");
const data = join(shop, "sales");
const meeting = at("meeting");
const received = at("received");
for (const folder of [pictures, meeting, received]) await mkdir(folder, { recursive: true });
await plant(data);

const ana = journey.party("ana");
const ben = journey.party("ben");
const picture = (party, name) => party.window.screenshot(join(pictures, `${name}.png`));
let link = "";

await journey.step("the first start asks who one is", async () => {
  await ana.start();
  await ana.window.waitFor("first-name");
  await picture(ana, "first-start");
  await introduce(ana, { name: "Ana Provider", organisation: "Contoso", email: "ana@contoso.example" });
  await picture(ana, "home");
});

await journey.step("a new share: what it is and where the parties meet, what is in it, for whom", async () => {
  const { window } = ana;
  await window.click("home-share");
  await window.type("share-name", "Point of sale");
  await window.type("share-description", "Sales of all shops, month by month");
  await window.type("share-terms", TERMS);
  await addFolder(ana, "share-exchange", meeting, "Meeting place", async () => {
    await window.click("connection-test");
    await window.waitFor("connection-check[data-ok=true]");
    await picture(ana, "new-connection");
  });
  await picture(ana, "new-share-details");
  await window.click("wizard-next");
  await addFolder(ana, "dataset-connection", shop, "Shop system");
  await window.click("tree-sales");
  await window.waitForText("dataset-chosen", /sales/);
  await picture(ana, "new-share-datasets");
  await window.click("wizard-next");
  await window.click("share-schedule");
  await window.waitFor("schedule-next");
  await picture(ana, "new-share-schedule");
  await window.click("wizard-next");
  await window.type("recipients-input", "ben@fabrikam.example");
  await picture(ana, "new-share-recipients");
  await window.click("wizard-next");
  await picture(ana, "new-share-review");
  await window.click("wizard-create");
});

await journey.step("the invitation is a link", async () => {
  await ana.window.waitForText("invitation-link-text", /^datashare:\/\/invitation#/);
  link = (await ana.window.text("invitation-link-text")).trim();
  await picture(ana, "invitation-link");
  await ana.window.click("invitation-links-done");
  await ana.window.waitFor("recipient-list");
});

await journey.step("the link opens in the running application and changes nothing", async () => {
  await ben.start();
  await introduce(ben, { name: "Ben Consumer", organisation: "Fabrikam", email: "ben@fabrikam.example" });
  const before = await fingerprint(meeting);
  await ben.startAgain(link);
  await ben.window.waitFor("terms-text");
  await ben.window.waitForText("body", /Contoso/);
  await ben.window.waitForText("terms-text", /They are not passed on/);
  await picture(ben, "invitation");
  assert.deepEqual(await fingerprint(meeting), before);
});

await journey.step("accepting the terms", async () => {
  await ben.window.run("const e = document.querySelector('[data-testid=terms-text]'); e.scrollTop = e.scrollHeight");
  await ben.window.click("terms-agree");
  await picture(ben, "invitation-terms-agreed");
  await ben.window.click("invitation-accept");
  await ben.window.waitFor("target-connection");
});

await journey.step("choosing where the files go", async () => {
  await addFolder(ben, "target-connection", received, "Received data");
  await ben.window.type("target-path", "contoso");
  // Appears once Ana's application, which is open, has let Ben in.
  await ben.window.waitFor("mapping-snapshot-now");
  await ben.window.waitForText("mapping-preview", /contoso\/sales\/2026\/January\.csv/);
  await picture(ben, "mapping");
  await ben.window.click("mapping-save");
});

await journey.step("the snapshot is watched while it runs", async () => {
  await ben.window.waitFor("snapshot-phase");
  await ben.window.waitForText("snapshot-files", /[1-9]/);
  await ben.window.glimpse(join(pictures, "snapshot-running.png"));
});

await journey.step("the snapshot arrives, identical", async () => {
  await ben.window.waitForText("snapshot-status", /Succeeded/);
  await picture(ben, "snapshot");
  assert.deepEqual(await fingerprint(join(received, "contoso", "sales")), await fingerprint(data));
});

await journey.step("the provider sees who received it", async () => {
  await ana.window.waitForText("recipient-list", /Fabrikam/);
  await ana.window.click("tab-history");
  await ana.window.waitForText("history-list", /Succeeded/);
  await picture(ana, "share-history");
  await ana.window.click("tab-recipients");
  await ana.window.waitForText("recipient-list", /Active/);
  await picture(ana, "share-recipients");
});

await journey.step("an incremental snapshot brings what is new", async () => {
  await put(data, "2026/March.csv", "shop,amount\nOslo,9.10\n");
  await ana.window.click("tab-datasets");
  await ana.window.click("share-publish");
  await ana.window.waitFor("publish-result");
  await picture(ana, "share-datasets");
  await ben.window.click("snapshot-open-received");
  await ben.window.waitFor("received-status");
  await picture(ben, "received");
  await ben.window.click("snapshot-now");
  await ben.window.waitForText("snapshot-status", /Succeeded/);
  await ben.window.waitForText("snapshot-files", /^1 file/);
  await picture(ben, "snapshot-incremental");
  assert.deepEqual(await fingerprint(join(received, "contoso", "sales")), await fingerprint(data));
});

await journey.step("the link is spent", async () => {
  await ben.startAgain(link);
  await ben.window.waitForText("invitation-status", /.+/);
  await picture(ben, "invitation-spent");
});

await journey.end();

/** Adds a connection to a folder from within the field that asks for one. */
async function addFolder({ window }, field, path, name, beforeSaving = async () => undefined) {
  await window.click(`${field}-add`);
  await window.type("connection-path", path);
  await window.type("connection-name", name);
  await beforeSaving();
  await window.click("connection-save");
  await window.waitForValue(field, /.+/);
}
