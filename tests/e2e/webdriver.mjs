/** A window under WebDriver, spoken to directly: https://www.w3.org/TR/webdriver2/. Every action waits for its element. */
import { writeFile } from "node:fs/promises";

import { until } from "./until.mjs";

/** The keyboard's key: a line break as a character is not typed. */
const ENTER = "\uE007";
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

const SPECK = `
  const speck = document.createElement("i");
  speck.style.cssText = "position:fixed;width:1px;height:1px;background:rgb(0 0 0 / 0.001)";
  document.body.append(speck);
  setTimeout(() => speck.remove(), 50);
`;

export class Window {
  #session;

  constructor(session) {
    this.#session = session;
  }

  /** Starts the program through a driver that listens at `driver`, and waits until its page is there. */
  static async open(driver, program, programArguments) {
    // WebKitWebDriver knows programs that are not browsers by this name only.
    const browser = { browserName: "wry", "webkitgtk:browserOptions": { binary: program, args: programArguments } };
    const { sessionId } = await send("POST", `${driver}/session`, { capabilities: { alwaysMatch: browser } });
    const window = new Window(`${driver}/session/${sessionId}`);
    await until("the page", () => window.run("return document.readyState === 'complete' && document.body.innerText !== ''"));
    return window;
  }

  /** Runs JavaScript in the page and answers what it returns. */
  run(script, ...values) {
    return send("POST", `${this.#session}/execute/sync`, { script, args: values });
  }

  /** The element with this test id once it is there. */
  find(name) {
    return until(`${name} in the page`, async () => {
      const found = await send("POST", `${this.#session}/elements`, { using: "css selector", value: selector(name) });
      return found[0]?.[ELEMENT];
    });
  }

  /** Whether the element is there and can be seen now. */
  async shows(name) {
    const script = "const e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0";
    return this.run(script, selector(name));
  }

  async waitFor(name) {
    await until(`${name} to be shown`, () => this.shows(name));
  }

  async waitForText(name, pattern) {
    await until(`${pattern} in ${name}`, async () => pattern.test(await this.text(name)));
  }

  async waitForValue(name, pattern) {
    await until(`${pattern} in ${name}`, async () => pattern.test(await this.value(name)));
  }

  /** Clicks when the element can be clicked: present, enabled, and not behind anything. */
  async click(name) {
    await until(`a click on ${name}`, async () => {
      const element = await this.find(name);
      if (!(await send("GET", `${this.#session}/element/${element}/enabled`))) throw new Error("it is disabled");
      await send("POST", `${this.#session}/element/${element}/click`, {});
      return true;
    });
  }

  /** Replaces what an input holds, key by key as a person would. */
  async type(name, text) {
    const element = `${this.#session}/element/${await this.find(name)}`;
    await until(`an empty ${name}`, async () => {
      await send("POST", `${element}/clear`, {});
      return true;
    });
    await send("POST", `${element}/value`, { text: text.replaceAll("\n", ENTER) });
    await until(`${name} to hold what was typed`, async () => (await this.value(name)) === text);
  }

  /** Presses keys together and lets them go, on whatever has the focus. */
  press(...keys) {
    return this.#keyboard([...keys.map((value) => ({ type: "keyDown", value })), ...keys.toReversed().map((value) => ({ type: "keyUp", value }))]);
  }

  /** Presses the keys of a text one after the other, on whatever has the focus. */
  write(text) {
    return this.#keyboard([...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]));
  }

  #keyboard(actions) {
    return send("POST", `${this.#session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  value(name) {
    return this.run("return document.querySelector(arguments[0]).value", selector(name));
  }

  text(name) {
    return this.run("return document.querySelector(arguments[0]).innerText", selector(name));
  }

  /** A picture of the page at rest: two in a row that are the same. */
  async screenshot(path) {
    let before = "";
    const still = async () => {
      const now = await this.#picture();
      const same = now === before;
      before = now;
      return same;
    };
    await until("the page to rest", still, 5_000).catch(() => undefined);
    await writeFile(path, Buffer.from(before, "base64"));
  }

  /** A picture of the page as it is right now. */
  async glimpse(path) {
    await writeFile(path, Buffer.from(await this.#picture(), "base64"));
  }

  async #picture() {
    // The driver waits for the next frame, and a page at rest draws none: a speck that nobody sees makes it draw.
    await this.run(SPECK);
    return send("GET", `${this.#session}/screenshot`);
  }

  /** Closes the window; the program ends. */
  close() {
    return send("DELETE", this.#session);
  }
}

/** A test id, perhaps with an attribute (`check[data-ok=true]`); `body` is the whole page. */
function selector(name) {
  const [, id, attribute] = /^([^[]+)(\[.*\])?$/.exec(name);
  return id === "body" ? id : `[data-testid="${id}"]${attribute ?? ""}`;
}

async function send(method, url, body) {
  const response = await fetch(url, { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(60_000) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
