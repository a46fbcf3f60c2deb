/** The application itself behind the window. The only file that knows Tauri. */
import { Channel, invoke } from "@tauri-apps/api/core";

import { type Backend, type BackendEvent, mayOpen, toErrorDto } from "./backend";
import type { AppEvent } from "./bindings/commands";

type Numbered = { sequence: number; event: AppEvent };

async function run<T>(command: string, payload: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, payload);
  } catch (error) {
    throw toErrorDto(error);
  }
}

/** Passes events on in order and tells of a gap in their numbers. */
export function numbered(listener: (event: BackendEvent) => void): (message: Numbered) => void {
  let expected: number | undefined;
  return ({ sequence, event }) => {
    if (expected !== undefined && sequence !== expected) listener({ event: "missed" });
    expected = sequence + 1;
    listener(event);
  };
}

export function tauriBackend(): Backend {
  return {
    call: (name, request) => run(name, { request }),
    subscribe(listener) {
      let open = true;
      const hear = numbered(listener);
      const channel = new Channel<Numbered>((message) => {
        if (open) hear(message);
      });
      run("subscribe", { channel }).catch(() => listener({ event: "missed" }));
      return () => {
        open = false;
      };
    },
    pickFolder: () => run("pick_folder", {}),
    pickSaveFile: (suggestedName) => run("pick_save_file", { suggestedName }),
    openExternal: async (url) => {
      if (mayOpen(url)) await run("open_external", { url });
    },
    openFolder: (path) => run("open_folder", { path }),
  };
}
