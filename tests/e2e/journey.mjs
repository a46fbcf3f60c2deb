/** Steps of a test in order. After one that failed the rest have no ground to stand on and are counted as skipped. */

export class Journey {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #onFailure;

  /** `onFailure` gets a chance to keep what the windows showed. */
  constructor(onFailure) {
    this.#onFailure = onFailure;
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
      await this.#onFailure();
    }
  }

  /** Prints the count in the form that ./dev test reads; answers the exit code. */
  report() {
    const { passed, failed, skipped } = this.#counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed === 0 ? 0 : 1;
  }
}
