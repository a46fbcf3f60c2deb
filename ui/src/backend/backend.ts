/**
 * What the window needs from the machine it runs on, and nothing else. Every screen is written against this; the real
 * application, the tests and the screen tests each bring their own.
 */
import type { AppEvent, Commands, ErrorDto } from "./bindings/commands";

export type CommandName = keyof Commands;
export type Request<K extends CommandName> = Commands[K]["request"];
export type Answer<K extends CommandName> = Commands[K]["answer"];

/** What a subscriber hears: an event of the application, or that some were missed and everything may be stale. */
export type BackendEvent = AppEvent | { event: "missed" };

/** What this desktop can do and has been told to do. */
export type DesktopState = {
  /** There is a tray to go on in when the window is closed. */
  tray: boolean;
  /** `null` where that cannot be found out. */
  starts_at_login: boolean | null;
};

/** What the tray says. */
export type TrayWords = { activity: string; open: string; quit: string };

export interface Backend {
  /** Runs one command. Rejects with an {@link ErrorDto}, never with anything else. */
  call<K extends CommandName>(name: K, request: Request<K>): Promise<Answer<K>>;
  /** Hears events until the returned function is called. */
  subscribe(listener: (event: BackendEvent) => void): () => void;
  /** The system's folder dialog; `null` when the person changed their mind. */
  pickFolder(): Promise<string | null>;
  /** The system's dialog for a file to open; `null` when the person changed their mind. */
  pickFile(): Promise<string | null>;
  /** The system's save dialog; `null` when the person changed their mind. */
  pickSaveFile(suggestedName: string): Promise<string | null>;
  /** Saves a text where the person says in the system's save dialog; the path, or `null` when they changed their mind. */
  saveText(suggestedName: string, text: string): Promise<string | null>;
  /** Opens `mailto:` and `https:` addresses in the system's own programs; anything else is refused. */
  openExternal(url: string): Promise<void>;
  desktop(): Promise<DesktopState>;
  startAtLogin(on: boolean): Promise<void>;
  /** Shows the tray's symbol, or takes it away: then closing the window ends the application. */
  showTray(words: TrayWords | null): Promise<void>;
  /** Tells something while nobody looks at the window. */
  notify(title: string, body: string): Promise<void>;
  /** On the window's button in the task bar; `null` when nothing runs. */
  showProgress(percent: number | null): Promise<void>;
  /** Version, system and the newest part of the log, without secrets. */
  supportReport(): Promise<string>;
  /** Draws the window larger or smaller, in percent. */
  zoom(percent: number): Promise<void>;
  /** Shows a folder in the system's file manager. */
  openFolder(path: string): Promise<void>;
}

export function isErrorDto(value: unknown): value is ErrorDto {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** Whatever was thrown, as the one error form of the edge. */
export function toErrorDto(value: unknown): ErrorDto {
  if (isErrorDto(value)) return value;
  const message = value instanceof Error ? value.message : String(value);
  return { code: "internal", message, hint: null, retry: false };
}

export function mayOpen(url: string): boolean {
  return /^(https:\/\/|mailto:)/i.test(url);
}
