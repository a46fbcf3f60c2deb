/**
 * Opens every screen and state of the built window on the backend in memory: in light, dark, high contrast and the
 * colours of the system, wide, narrow and at 200 %, in both languages. Fails on errors in the console, on content wider
 * than the window, and on findings of axe. Pictures go to SCREENS_DIR.
 *
 *   npm run build && npm run screens [-- part-of-a-name ...]
 */
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { preview } from "vite";

import { FLOWS } from "./flows.mjs";
import { SCREENS } from "./screens.mjs";

const UI = fileURLToPath(new URL("..", import.meta.url));
const VARIANTS = [
  { name: "light-wide", width: 1200 },
  { name: "dark-wide", colorScheme: "dark", width: 1200, language: "de" },
  { name: "light-narrow", width: 480, language: "de" },
  { name: "contrast-wide", width: 1200, theme: "contrast" },
  // A window of 1200 × 800 with text at 200 %, in the colours of the system.
  { name: "twice-forced", width: 600, height: 400, deviceScaleFactor: 2, forcedColors: "active" },
];
const HEIGHT = 800;
/** A page is drawn in full up to this height. */
const TALLEST = 2600;
const SERIOUS = ["serious", "critical"];

const wanted = process.argv.slice(2);
const screens = SCREENS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const variants = VARIANTS.filter(({ name }) => !process.env.SCREENS_VARIANT || name === process.env.SCREENS_VARIANT);
const directory = process.env.SCREENS_DIR ?? (await mkdtemp(join(tmpdir(), "datashare-screens-")));
await mkdir(directory, { recursive: true });

const tauri = JSON.parse(await readFile(join(UI, "..", "tauri.conf.json"), "utf8"));
const server = await preview({
  root: UI,
  configFile: join(UI, "vite.config.ts"),
  logLevel: "error",
  // The window has to do with what the application allows it.
  preview: { host: "127.0.0.1", port: 0, headers: { "Content-Security-Policy": tauri.app.security.csp } },
});
const address = server.httpServer.address();
const base = `http://127.0.0.1:${address.port}/`;
const axe = await readFile(join(UI, "node_modules", "axe-core", "axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const problems = [];
let checked = 0;

/** A window in which one screen is shown after the other: opening one anew costs more than all that is looked at in it. */
async function windowOf({ width, height = HEIGHT, colorScheme = "light", forcedColors = "none", deviceScaleFactor = 1, language = "en", theme = "system" }) {
  const context = await browser.newContext({
    colorScheme, forcedColors, deviceScaleFactor, viewport: { width, height }, reducedMotion: "reduce", locale: language === "de" ? "de-DE" : "en-US", timezoneId: "Europe/Berlin",
  });
  await context.addInitScript((kept) => {
    window.localStorage.setItem("datashare.theme", kept);
    // Said once, in a picture of its own.
    window.localStorage.setItem("datashare.tray-told", location.search.includes("tell") ? "no" : "yes");
  }, theme);
  // Long, because a busy machine is no fault of a screen.
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** What one screen leaves in the window is nothing to the next. */
async function clear(page, { width, height = HEIGHT }) {
  await page.evaluate(() => window.localStorage.clear());
  await page.goto("about:blank");
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width, height });
}

async function visit(page, variant, screen) {
  const complain = (what) => problems.push(`${screen.name} (${variant.name}): ${what}`);
  const said = (message) => message.type() === "error" && !screen.complains && complain(`console: ${message.text().split("\n")[0]}`);
  const failed = (error) => screen.complains || complain(`error: ${error.message}`);
  page.on("console", said).on("pageerror", failed);
  try {
    await page.goto(`${base}?backend=memory&scenario=${screen.scenario ?? "normal"}${screen.tell ? "&tell" : ""}${screen.open ? `&open=${screen.open}` : ""}#${screen.hash}`);
    await page.waitForSelector("h1, h2");
    if (screen.act) await screen.act(page);
    if (screen.until) await page.waitForSelector(screen.until);
    await settle(page);
    if (!screen.viewportOnly) await grow(page, variant);
    await page.screenshot({ path: join(directory, `${screen.name}.${variant.name}.png`), animations: "disabled" });
    const wide = await page.evaluate(tooWide);
    if (wide.length > 0) complain(`wider than the window: ${wide.join(", ")}`);
    if (await page.evaluate(covered)) complain("something invisible lies over the window");
    for (const finding of await findings(page)) complain(finding);
    checked += 1;
  } catch (error) {
    complain(`not reached: ${String(error.message).split("\n")[0]}`);
    await page.screenshot({ path: join(directory, `${screen.name}.${variant.name}.failed.png`) }).catch(() => undefined);
  } finally {
    page.off("console", said).off("pageerror", failed);
    await clear(page, variant);
  }
}

/** Waits until nothing loads and nothing moves. */
async function settle(page) {
  await page.waitForFunction(() => document.querySelectorAll("[role=progressbar].fui-Spinner:not([data-stays])").length === 0, undefined, { timeout: 1500 }).catch(() => undefined);
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity && !one.effect?.target?.matches("[data-timer-status]")).map((one) => one.finished.catch(() => undefined))));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(150);
}

async function grow(page, { width, height: least = HEIGHT }) {
  const height = await page.evaluate(() => {
    const scroller = document.querySelector("#content") ?? document.querySelector("main") ?? document.documentElement;
    return Math.max(scroller.scrollHeight, document.querySelector("[role=alertdialog],[role=dialog]")?.scrollHeight ?? 0);
  });
  if (height <= least) return;
  await page.setViewportSize({ width, height: Math.min(TALLEST, height + 40) });
  await page.waitForTimeout(250);
}

/** Elements that reach beyond the window and that nothing clips or scrolls. */
function tooWide() {
  const limit = document.documentElement.clientWidth + 1;
  const clipped = (element) => {
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      const style = getComputedStyle(parent);
      if (style.overflowX !== "visible" && parent.getBoundingClientRect().right <= limit && parent.id !== "content") return true;
    }
    return false;
  };
  const content = document.querySelector("#content");
  const found = content && content.scrollWidth > content.clientWidth + 1 ? [`content ${content.scrollWidth} > ${content.clientWidth}`] : [];
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > limit && !clipped(element)) found.push(`${element.tagName.toLowerCase()}.${String(element.className).slice(0, 40)} to ${Math.round(box.right)}`);
  }
  return found.slice(0, 3);
}

/** Whether a click on the navigation would meet something else, although no dialog is open. */
function covered() {
  const nav = document.querySelector("nav");
  if (!nav || document.querySelector("[role=dialog],[role=alertdialog]")) return false;
  const { left, top } = nav.getBoundingClientRect();
  return !nav.contains(document.elementFromPoint(left + 24, top + 80));
}

async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations
    // Tabster's own markers at the ends of a group move the focus on; they never keep it.
    .map((violation) => ({ ...violation, nodes: violation.nodes.filter(({ html }) => !html.includes("data-tabster-dummy")) }))
    .filter(({ nodes }) => nodes.length > 0)
    .filter(({ impact, id }) => SERIOUS.includes(impact) || id === "target-size")
    .map(({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.slice(0, 2).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

for (const variant of variants) {
  // Two at a time: as many as a small machine has cores.
  const queue = [...screens];
  await Promise.all([0, 1].map(async () => {
    const page = await windowOf(variant);
    for (let next = queue.shift(); next; next = queue.shift()) await visit(page, variant, next);
    await page.context().close();
  }));
}

/** What a picture cannot show: long lists, and the whole job without a mouse. */
const flows = FLOWS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
for (const flow of flows) {
  const context = await browser.newContext({ viewport: { width: 1200, height: HEIGHT }, reducedMotion: "reduce", locale: "en-US" });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`${flow.name}: error: ${error.message}`));
  try {
    await page.goto(`${base}?backend=memory&scenario=${flow.scenario ?? "normal"}#${flow.hash}`);
    await flow.run(page);
    checked += 1;
  } catch (error) {
    problems.push(`${flow.name}: ${String(error.message).split("\n").slice(0, 2).join(" ")}`);
    await page.screenshot({ path: join(directory, `${flow.name}.failed.png`) }).catch(() => undefined);
  } finally {
    await context.close();
  }
}
await browser.close();
await server.close();

for (const problem of problems) console.error(problem);
console.log(`screens: ${checked} of ${screens.length * variants.length + flows.length} opened, ${problems.length} problems, pictures in ${directory}`);
process.exit(problems.length === 0 && checked > 0 ? 0 : 1);
