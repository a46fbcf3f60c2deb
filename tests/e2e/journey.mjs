/** Steps of a test in order. After one that failed the rest have no ground to stand on and are counted as skipped. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Party } from "./party.mjs";

export class Journey {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #parties = [];

  /** A folder of its own for everything that is written. */
  static async begin(program) {
    return new Journey(program, await mkdtemp(join(tmpdir(), "datashare-window-")));
  }

  constructor(program, place) {
    this.program = program;
    this.place = place;
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => this.#stop().finally(() => process.exit(1)));
  }

  /** A person with a computer. */
  party(name) {
    const party = new Party(join(this.place, name), this.program);
    this.#parties.push(party);
    return party;
  }

  async step(name, act) {
    if (this.#counts.failed > 0) {
      this.#counts.skipped += 1;
      console.log(`SKIP ${name}`);
      return;
    }
    const started = Date.now();
    try {
      await act();
      this.#counts.passed += 1;
      console.log(`PASS ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.#counts.failed += 1;
      console.log(`FAIL ${name}\n${error.stack}`);
      await this.#keepEvidence();
    }
  }

  /** Ends every process, removes what a good run has written, and prints the count in the form that ./dev test reads. */
  async end() {
    await this.#stop();
    const { passed, failed, skipped } = this.#counts;
    if (failed === 0) await rm(this.place, { recursive: true, maxRetries: 10 });
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    process.exitCode = failed === 0 ? 0 : 1;
  }

  async #keepEvidence() {
    for (const { window, folder } of this.#parties) await window?.glimpse(join(folder, "failed.png")).catch(() => undefined);
    console.log(`What the windows showed and the processes said is in ${this.place}`);
  }

  async #stop() {
    for (const party of this.#parties.toReversed()) await party.stop();
  }
}
