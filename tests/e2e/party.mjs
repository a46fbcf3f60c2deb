/**
 * One person at a computer: a session bus, an unlocked keyring, a folder for everything that is written, and the window.
 * Every process is a child of this one and is ended by its handle.
 */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { until } from "./until.mjs";
import { Window } from "./webdriver.mjs";

export class Party {
  #program;
  #environment;
  #log;
  #driver;
  #children = [];

  /** `folder` is the person's own; `program` the application. */
  constructor(folder, program) {
    this.folder = folder;
    this.home = join(folder, "workspace");
    this.#program = program;
  }

  /** Starts session bus, keyring and window. */
  async start() {
    await this.arrive();
    await this.startKeyring();
    await this.open();
  }

  /** Everything but the keyring and the window: a computer on which nobody keeps secrets. */
  async arrive() {
    const at = (name) => join(this.folder, name);
    for (const name of ["run", "data", "config/gtk-3.0", "cache"]) await mkdir(at(name), { recursive: true, mode: 0o700 });
    // Nothing moves, so that pictures show pages at rest.
    await writeFile(at("config/gtk-3.0/settings.ini"), "[Settings]\ngtk-enable-animations=0\n");
    this.#log = createWriteStream(at("processes.log"));
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("DATASHARE_"));
    this.#environment = {
      ...Object.fromEntries(own),
      HOME: this.folder,
      XDG_RUNTIME_DIR: at("run"),
      XDG_DATA_HOME: at("data"),
      XDG_CONFIG_HOME: at("config"),
      XDG_CACHE_HOME: at("cache"),
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
      GTK_A11Y: "none",
      TAURI_AUTOMATION: "true",
      TAURI_WEBVIEW_AUTOMATION: "true",
    };
    await this.#startBus();
    this.#driver = await this.#startDriver();
  }

  /** Somebody who keeps a tray, shows notifications, and closes windows: `ask(command, arguments)`. */
  async desktop(python) {
    const session = this.#spawn(python, [join(import.meta.dirname, "desktop_session.py")]);
    const lines = createInterface({ input: session.stdout })[Symbol.asyncIterator]();
    const answer = async () => {
      const { answer: said, error } = JSON.parse((await lines.next()).value);
      if (error) throw new Error(error);
      return said;
    };
    await answer();
    return {
      ask: (command, values = {}) => {
        session.stdin.write(`${JSON.stringify({ do: command, ...values })}\n`);
        return answer();
      },
    };
  }

  /** Opens the window on the person's workspace. */
  async open() {
    this.window = await Window.open(this.#driver, this.#program, ["--home", this.home]);
  }

  async close() {
    await this.window.close();
    this.window = undefined;
  }

  /** Starts the program as its menu entry does. Its window is not led: it is seen from outside. */
  launch() {
    const { TAURI_AUTOMATION: _, TAURI_WEBVIEW_AUTOMATION: __, ...environment } = this.#environment;
    this.#spawn(this.#program, ["--home", this.home], environment);
  }

  /** Waits until no process of the program works on the person's workspace. */
  async ended() {
    const command = (process) => readFile(`/proc/${process}/cmdline`, "utf8").catch(() => "");
    await until("the end of the program", async () => {
      const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const commands = await Promise.all(processes.map(command));
      return !commands.some((words) => words.startsWith(`${this.#program}\0`) && words.includes(this.home));
    });
  }

  async #startBus() {
    const bus = this.#spawn("dbus-daemon", ["--session", "--nofork", "--print-address"]);
    const [address] = await once(createInterface({ input: bus.stdout }), "line");
    this.#environment.DBUS_SESSION_BUS_ADDRESS = address;
  }

  async startKeyring() {
    // A fresh data folder: the keyring "login" is made with this password and stays unlocked.
    const keyring = this.#spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"]);
    keyring.stdin.end("test");
    const owner = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"];
    await until("the keyring", async () => (await this.#answer("dbus-send", [...owner, "string:org.freedesktop.secrets"])).includes("true"));
  }

  async #startDriver() {
    const port = await freePort();
    this.#spawn("WebKitWebDriver", ["--host=127.0.0.1", `--port=${port}`]);
    const address = `http://127.0.0.1:${port}`;
    await until("the driver", async () => (await (await fetch(`${address}/status`)).json()).value.ready);
    return address;
  }

  /** Starts the program once more, as clicking a link or typing a command does; answers when it has ended. */
  async startAgain(...programArguments) {
    const again = this.#spawn(this.#program, ["--home", this.home, ...programArguments]);
    const [code] = await once(again, "exit");
    if (code !== 0) throw new Error(`the second start ended with ${code}`);
  }

  /** What a command on the person's workspace answers, read from JSON. */
  async answered(...programArguments) {
    return JSON.parse(await this.#answer(this.#program, ["--home", this.home, "--json", ...programArguments]));
  }

  /** Closes the window and ends everything that was started, last first. */
  async stop() {
    await this.window?.close().catch(() => undefined);
    this.window = undefined;
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    }
    this.#log?.end();
  }

  #spawn(command, commandArguments, environment = this.#environment) {
    const child = spawn(command, commandArguments, { env: environment, stdio: "pipe" });
    child.on("error", (error) => this.#log.write(`${command}: ${error.message}\n`));
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    this.#children.push(child);
    return child;
  }

  async #answer(command, commandArguments) {
    const child = spawn(command, commandArguments, { env: this.#environment, stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    for await (const chunk of child.stdout) text += chunk;
    return text;
  }
}

function once(emitter, event) {
  return new Promise((resolve, reject) => {
    emitter.once(event, (...values) => resolve(values));
    emitter.once("error", reject);
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
