/**
 * What Datashare does on a desktop beside its window: the tray with its menu, notifications, going on in the tray when the
 * window is closed, and start at login.
 *
 *   node desktop.mjs PROGRAM PYTHON         (run.sh brings the display; PYTHON has the packages of requirements.txt)
 */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { Journey } from "./journey.mjs";
import { introduce } from "./people.mjs";
import { until } from "./until.mjs";

const [program, python] = process.argv.slice(2);
const journey = await Journey.begin(program);
const ana = journey.party("ana");
const autostart = join(ana.folder, ".config/autostart");
let desktop;

const words = async () => (await desktop.ask("tray"))?.map((entry) => entry.words) ?? null;
const IDLE = ["Nothing is running", "Open Datashare", "Quit Datashare"];
const tray = (wanted) => until(`the tray to show ${wanted}`, async () => JSON.stringify(await words()) === JSON.stringify(wanted));
const windows = (count) => until(`${count} windows`, async () => (await desktop.ask("windows")).length === count);

await journey.step("the tray says that nothing runs and offers to open and to quit", async () => {
  await ana.arrive();
  desktop = await ana.desktop(python);
  await ana.startKeyring();
  await ana.open();
  await introduce(ana, { name: "Ana", organisation: "Contoso", email: "ana@contoso.example" });
  await tray(IDLE);
});

await journey.step("the sample's invitation is accepted, and nobody looks at the window any more", async () => {
  await ana.window.click("demo-start");
  await ana.window.waitFor("terms-agree");
  await ana.window.run("const e = document.querySelector('[data-testid=terms-text]'); e.scrollTop = e.scrollHeight");
  await ana.window.click("terms-agree");
  await desktop.ask("look_away");
  await ana.window.click("invitation-accept");
});

await journey.step("a snapshot shows in the task bar while it runs, and no longer when it is done", async () => {
  await ana.window.waitFor("mapping-preview");
  await ana.window.click("mapping-save");
  await ana.window.waitFor("snapshot-outcome");
  // The sample is small: a run of it can be over before anybody could have seen it.
  const shown = async () => (await desktop.ask("taskbar")).some((part) => part !== false);
  for (let run = 1; run < 20 && !(await shown()); run += 1) {
    await ana.window.click("snapshot-open-received");
    await ana.window.click("snapshot-full");
    await ana.window.waitFor("snapshot-outcome");
  }
  await until("progress that was shown and taken away", async () => {
    const told = await desktop.ask("taskbar");
    return told.some((part) => part !== false) && told.at(-1) === false;
  });
});

await journey.step("the end of a snapshot is told while nobody looks", async () => {
  await until("the notification", async () => (await desktop.ask("notified")).some(({ title }) => title === "Snapshot succeeded"));
});

await journey.step("start at login writes a file of its own and takes it away again", async () => {
  const files = () => readdir(autostart).catch(() => []);
  await ana.window.click("nav-settings");
  await ana.window.click("settings-login");
  await until("the file", async () => (await files()).length === 1);
  const [name] = await files();
  assert.match(await readFile(join(autostart, name), "utf8"), new RegExp(`^Exec=.*${program.split("/").at(-1)}`, "m"));
  await until("the switch to be on", () => ana.window.run("return document.querySelector('[data-testid=settings-login]').checked"));
  await ana.window.click("settings-login");
  await until("no file", async () => (await files()).length === 0);
});

await journey.step("the file of an approval opens where it can be answered, and does nothing by itself", async () => {
  const request = join(ana.folder, "Request sales.datashare-approval");
  await ana.startAgain("policy", "set", "--approver", `Olga=${"09d1".repeat(16)}`, "--approve-invitations", "every");
  await ana.startAgain("invite", "Sample harbour weather", "--email", "ben@fabrikam.example", "--request-approval", request);
  await ana.startAgain(request);
  await ana.window.waitForText("approval-state", /Nobody has answered it/);
  await ana.window.click("approval-close");
  await ana.window.waitForText("approval-list", /Waits for approval by Olga/);
});

await journey.step("a closed window goes on in the tray, which is said once, and comes back from it", async () => {
  const told = async () => (await desktop.ask("notified")).filter(({ title }) => title === "Datashare goes on in the tray").length;
  await desktop.ask("close");
  await windows(0);
  await until("the notification", async () => (await told()) === 1);
  await desktop.ask("choose", { words: "Open Datashare" });
  await windows(1);
  await desktop.ask("close");
  await windows(0);
  await desktop.ask("choose", { words: "Open Datashare" });
  await windows(1);
  assert.equal(await told(), 1);
});

await journey.step("the tray goes and comes back whole with its switch", async () => {
  await ana.window.click("nav-settings");
  await ana.window.click("settings-tray");
  await tray(null);
  await ana.window.click("settings-tray");
  await tray(IDLE);
});

await journey.step("a snapshot runs, so slowly that it outlasts the window", async () => {
  const options = { limit: 100, mirror: "off", verify: false, hand_over: false };
  const begin = `const { invoke } = window.__TAURI_INTERNALS__;
    const [{ name: received }] = await invoke("received_list", { request: {} });
    return invoke("snapshot_start", { request: { received, mode: "full", datasets: [], options: arguments[0] } });`;
  const begun = await ana.window.run(`return (async function () { ${begin} }).apply(null, arguments)`, options);
  assert.equal(begun.ended_at, null);
});

await journey.step("quitting from the tray ends the program, and the next window has the size of the last", async () => {
  await desktop.ask("resize", { width: 1010, height: 700 });
  await until("the new size", async () => (await desktop.ask("windows"))[0].width === 1010);
  await desktop.ask("choose", { words: "Quit Datashare" });
  await windows(0);
  await ana.ended();
  const [{ name }] = await ana.answered("received", "list");
  const [left] = await ana.answered("snapshot", "list", name);
  assert.equal(left.status, "Cancelled");
  assert.match(left.message, /^Datashare was ended while this snapshot was running/);
  ana.launch();
  await until("the same size", async () => {
    const [window] = await desktop.ask("windows");
    return window?.width === 1010 && window.height === 700;
  });
});

await journey.end();
