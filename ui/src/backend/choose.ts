import type { Backend } from "./backend";

/** The application's backend inside Tauri; the one in memory in a plain browser, for tests and for designing. */
export async function chooseBackend(): Promise<Backend> {
  const parameters = new URLSearchParams(window.location.search);
  const inTauri = "__TAURI_INTERNALS__" in window;
  if (inTauri && parameters.get("backend") !== "memory") {
    const { tauriBackend } = await import("./tauri");
    return tauriBackend();
  }
  const { memoryBackend, openIn, scenarioIn } = await import("./memory");
  const open = openIn(parameters);
  return memoryBackend({ scenario: scenarioIn(parameters), ...(open && { open }) });
}
