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

export interface Backend {
  /** Runs one command. Rejects with an {@link ErrorDto}, never with anything else. */
  call<K extends CommandName>(name: K, request: Request<K>): Promise<Answer<K>>;
  /** Hears events until the returned function is called. */
  subscribe(listener: (event: BackendEvent) => void): () => void;
  /** The system's folder dialog; `null` when the person changed their mind. */
  pickFolder(): Promise<string | null>;
  /** The system's save dialog; `null` when the person changed their mind. */
  pickSaveFile(suggestedName: string): Promise<string | null>;
  /** Saves a text where the person says in the system's save dialog; the path, or `null` when they changed their mind. */
  saveText(suggestedName: string, text: string): Promise<string | null>;
  /** Opens `mailto:` and `https:` addresses in the system's own programs; anything else is refused. */
  openExternal(url: string): Promise<void>;
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
