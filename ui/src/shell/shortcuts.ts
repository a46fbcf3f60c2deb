/** Every key that works wherever one is. The dialog with the keys and the palette are made from this list too. */

export type ShortcutName =
  | "palette" | "keys" | "newShare" | "openInvitation" | "back" | "larger" | "smaller" | "normal"
  | "home" | "sent" | "received" | "invitations" | "activity" | "connections" | "settings";

type Shortcut = { name: ShortcutName; key: string; modifier: "command" | "alt" | "none" };

const command = (name: ShortcutName, key: string): Shortcut => ({ name, key, modifier: "command" });

export const SHORTCUTS: readonly Shortcut[] = [
  command("palette", "k"),
  { name: "keys", key: "?", modifier: "none" },
  command("newShare", "n"),
  command("openInvitation", "o"),
  { name: "back", key: "ArrowLeft", modifier: "alt" },
  command("home", "1"), command("sent", "2"), command("received", "3"), command("invitations", "4"), command("activity", "5"), command("connections", "6"), command("settings", ","),
  command("larger", "+"), command("smaller", "-"), command("normal", "0"),
];

const APPLE = /mac|iphone|ipad/i.test(navigator.platform);

/** Which shortcut an event asks for. Keys without a modifier belong to the field that has the focus. */
export function shortcutOf(event: KeyboardEvent): ShortcutName | undefined {
  const commanded = APPLE ? event.metaKey : event.ctrlKey;
  const modifier = commanded ? "command" : event.altKey ? "alt" : "none";
  if (modifier === "none" && event.target instanceof Element && event.target.closest("input,textarea,select,[contenteditable]")) return undefined;
  const key = event.key === "=" && commanded ? "+" : event.key;
  return SHORTCUTS.find((one) => one.modifier === modifier && one.key.toLowerCase() === key.toLowerCase())?.name;
}

/** The keys as they are written on the keyboard: `Ctrl+K`, `Strg+K`, `⌘K`. */
export function keysOf(name: ShortcutName, control: string): string {
  const shortcut = SHORTCUTS.find((one) => one.name === name);
  if (!shortcut) return "";
  const key = shortcut.key === "ArrowLeft" ? "←" : shortcut.key.toUpperCase();
  if (shortcut.modifier === "none") return key;
  if (APPLE) return `${shortcut.modifier === "alt" ? "⌥" : "⌘"}${key}`;
  return `${shortcut.modifier === "alt" ? "Alt" : control}+${key}`;
}
