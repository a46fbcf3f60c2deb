/** Ways through the window that pictures do not show. Each throws when something is not as it should be. */
import { ok } from "node:assert/strict";

const id = (name) => `[data-testid="${name}"]`;

/** More than a screen full, much less than the list. */
const MOST_NODES = 5000;

const nodes = (page) => page.evaluate(() => document.querySelectorAll("*").length);

/** A list draws only what is in sight, and its last row is there at its end. */
const list = (name, hash, testId, least) => ({
  name: `scale-${name}`,
  scenario: "huge",
  hash,
  async run(page) {
    const table = page.locator(id(testId));
    await table.waitFor();
    const rows = Number(await table.getAttribute("aria-rowcount"));
    ok(rows > least, `${name} has ${rows} rows only`);
    ok((await nodes(page)) < MOST_NODES, `${name} draws ${await nodes(page)} nodes`);
    for (const part of [0.37, 0.5, 1]) {
      await page.locator("main").evaluate((main, at) => main.scrollTo(0, main.scrollHeight * at), part);
      await page.waitForFunction(filled, testId);
      ok((await nodes(page)) < MOST_NODES, `${name} draws ${await nodes(page)} nodes at ${part}`);
    }
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await page.waitForSelector(`${id(testId)} [aria-rowindex="${rows}"]`);
  },
});

/** Whether the middle of the window shows a row, not a gap. */
function filled(testId) {
  const main = document.querySelector("main").getBoundingClientRect();
  const element = document.elementFromPoint(main.left + main.width / 2, main.top + main.height / 2);
  return Boolean(element?.closest(`[data-testid="${testId}"] [role="row"]`));
}

/** A folder of a million: read on, searched, read to its end; the window answers while it reads. */
const folder = {
  name: "scale-folder",
  scenario: "huge",
  hash: "/connections/con-reports",
  async run(page) {
    await page.click(id("tree-open-archive"));
    for (let step = 0; step < 5; step += 1) await page.click(id("tree-later"));
    await page.waitForSelector("text=row-0001200.csv");
    await page.fill(id("tree-search-archive"), "row-0999");
    await page.waitForSelector(`${id("tree-later")}:has-text("Search on")`);
    for (let step = 0; step < 4; step += 1) {
      await page.waitForSelector(`${id("tree-later")}:not([disabled])`);
      await page.click(id("tree-later"));
    }
    await page.waitForSelector("text=row-0999000.csv");
    await page.fill(id("tree-search-archive"), "");
    await page.click(id("tree-end"));
    await page.waitForSelector("text=row-1000000.csv");
    ok((await nodes(page)) < MOST_NODES, `the folder draws ${await nodes(page)} nodes`);
    await page.fill(id("tree-search-archive"), "row-0000042");
    await page.waitForSelector("text=row-0000042.csv");
    ok((await nodes(page)) < MOST_NODES, "the search leaves the rest drawn");
  },
};

/** Moves on with Tab alone until the element of this name has the focus. */
async function tabTo(page, name) {
  for (let step = 0; step < 120; step += 1) {
    const there = await page.evaluate((wanted) => document.activeElement?.closest(`[data-testid="${wanted}"]`) || document.activeElement?.querySelector?.(`:scope > [data-testid="${wanted}"]`), name).then(Boolean);
    if (there) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

async function press(page, name, key = "Enter") {
  await page.waitForSelector(`${id(name)}:not([disabled])`);
  await tabTo(page, name);
  await page.keyboard.press(key);
}

async function write(page, name, text) {
  await page.waitForSelector(id(name));
  await tabTo(page, name);
  await page.keyboard.insertText(text);
}

/** A native select takes the first letters of the option. */
async function choose(page, name, letters) {
  await page.waitForSelector(id(name));
  await tabTo(page, name);
  await page.keyboard.type(letters);
}

/** Shares, invites, accepts, maps and receives: without a mouse. */
const keyboard = {
  name: "keyboard-main-job",
  hash: "/",
  async run(page) {
    await page.waitForSelector("h1");
    await page.keyboard.press("Control+n");
    await write(page, "share-name", "by-keyboard");
    await choose(page, "share-exchange", "Meet");
    await press(page, "wizard-next");
    await choose(page, "dataset-connection", "Rep");
    await press(page, "tree-archive", "Space");
    await press(page, "wizard-next");
    await press(page, "share-schedule", "Space");
    await write(page, "schedule-at", "0615");
    await press(page, "wizard-next");
    await write(page, "recipients-input", "ana@contoso.example");
    await press(page, "wizard-next");
    await press(page, "wizard-create");
    const link = await page.locator(id("invitation-link-text")).textContent();
    await page.keyboard.press("Control+o");
    await write(page, "invitation-input", link);
    await press(page, "invitation-open");
    await press(page, "invitation-accept");
    await choose(page, "target-connection", "Rec");
    await page.waitForSelector(id("mapping-preview"));
    await press(page, "mapping-save");
    await page.waitForSelector(id("snapshot-outcome"));
    await page.keyboard.press("Control+k");
    await page.keyboard.type("by-key");
    await page.keyboard.press("Enter");
    await page.waitForSelector("h1:has-text('by-keyboard')");
  },
};

export const FLOWS = [
  list("shares", "/sent", "share-list", 1000),
  list("recipients", "/sent/shr-sales?tab=recipients", "recipient-list", 10_000),
  list("history", "/sent/shr-sales?tab=history", "history-list", 100_000),
  list("activity", "/activity", "activity-list", 200_000),
  folder,
  keyboard,
];
