/**
 * Whether the window answers while a snapshot of very many files runs: pages are opened and timed, and the page notes the
 * longest time in which nothing else could happen. Takes a minute or more, so it is no part of the gate.
 *
 *   node many_files.mjs PROGRAM [FILES]         (under xvfb-run; a release build)
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Journey } from "./journey.mjs";
import { introduce } from "./people.mjs";

const FILES = Number(process.argv[3] ?? 100_000);
const IN_A_FOLDER = 1_000;
/** Milliseconds. */
const MOST_FOR_A_PAGE = 1_000;

const journey = await Journey.begin(process.argv[2]);
const ana = journey.party("ana");
const at = (name) => join(journey.place, name);
const ask = (command, request) =>
  ana.window.run("return window.__TAURI_INTERNALS__.invoke(arguments[0], { request: arguments[1] })", command, request);
let snapshot;

await journey.step(`${FILES} files are there, and shared with oneself`, async () => {
  for (const name of ["meeting", "received"]) await mkdir(at(name), { recursive: true });
  for (let first = 0; first < FILES; first += IN_A_FOLDER) {
    const folder = join(at("shop"), "sales", String(first / IN_A_FOLDER).padStart(4, "0"));
    await mkdir(folder, { recursive: true });
    const count = Math.min(IN_A_FOLDER, FILES - first);
    await Promise.all(Array.from({ length: count }, (_, index) => writeFile(join(folder, `${index}.csv`), `shop,amount\n${first + index},9.10\n`)));
  }
  await ana.start();
  await introduce(ana, { name: "Ana", organisation: "Contoso", email: "ana@contoso.example" });
  const invitation = join(journey.place, "many.datashare");
  for (const name of ["meeting", "received", "shop"]) await ana.startAgain("connection", "add", name, "--kind", "folder", "--path", at(name));
  await ana.startAgain("share", "create", "many", "--exchange", "meeting");
  await ana.startAgain("dataset", "add", "many", "--connection", "shop", "--path", "sales");
  await ana.startAgain("invite", "many", "--email", "ana@contoso.example", "--out", invitation);
  await ana.startAgain("invitation", "accept", invitation, "--as", "mine");
  await ana.startAgain("mapping", "set", "mine", "sales", "--connection", "received", "--path", "in");
});

await journey.step("pages open while the snapshot runs", async () => {
  await ana.window.run(`
    window.longest = 0;
    let last = performance.now();
    setInterval(() => { const now = performance.now(); window.longest = Math.max(window.longest, now - last - 20); last = now; }, 20);`);
  ({ snapshot_id: snapshot } = await ask("snapshot_start", { received: "mine", mode: "full", datasets: [] }));
  const pages = [];
  const running = async () => (await ask("snapshot_show", { snapshot_id: snapshot })).ended_at === null;
  while (await running()) {
    for (const page of ["nav-activity", "nav-received", "nav-sent", "nav-connections"]) {
      const began = performance.now();
      await ana.window.click(page);
      await ana.window.run("return document.querySelector('h1').textContent");
      pages.push(performance.now() - began);
    }
  }
  const longest = await ana.window.run("return window.longest");
  const slowest = Math.max(...pages);
  console.log(`${pages.length} pages opened, the slowest in ${slowest.toFixed(0)} ms; nothing else for ${longest.toFixed(0)} ms at most`);
  const { status, files_written: written } = await ask("snapshot_show", { snapshot_id: snapshot });
  if (status !== "Succeeded" || written !== FILES) throw new Error(`${status}, ${written} files`);
  if (Math.max(slowest, longest) > MOST_FOR_A_PAGE) throw new Error("the window did not answer in time");
});

await journey.end();
