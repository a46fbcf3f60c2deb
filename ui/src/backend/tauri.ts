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

/** One channel for the whole life of the page: what the application was started with is sent once, so it must not get lost. */
function events(): Backend["subscribe"] {
  const listeners = new Set<(event: BackendEvent) => void>();
  const tell = (event: BackendEvent) => {
    for (const listener of listeners) listener(event);
  };
  let opened = false;
  return (listener) => {
    listeners.add(listener);
    if (!opened) {
      opened = true;
      run("subscribe", { channel: new Channel<Numbered>(numbered(tell)) }).catch(() => tell({ event: "missed" }));
    }
    return () => listeners.delete(listener);
  };
}

export function tauriBackend(): Backend {
  return {
    call: (name, request) => run(name, { request }),
    subscribe: events(),
    pickFolder: () => run("pick_folder", {}),
    pickFile: () => run("pick_file", {}),
    pickSaveFile: (suggestedName) => run("pick_save_file", { suggestedName }),
    saveText: (suggestedName, text) => run("save_text", { suggestedName, text }),
    openExternal: async (url) => {
      if (mayOpen(url)) await run("open_external", { url });
    },
    desktop: () => run("desktop_state", {}),
    startAtLogin: (on) => run("start_at_login", { on }),
    showTray: (words) => run("show_tray", { words }),
    notify: (title, body) => run("notify", { title, body }),
    showProgress: (percent) => run("show_progress", { percent }),
    supportReport: () => run("support_report", {}),
    zoom: (percent) => run("zoom", { percent }),
    openFolder: (path) => run("open_folder", { path }),
  };
}
