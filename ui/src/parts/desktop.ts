import { useSyncExternalStore } from "react";

/** Choices about this desktop, kept in the window's own storage. */
type Choice = "tray" | "notifications";

const listeners = new Set<() => void>();
const key = (choice: Choice) => `datashare.${choice}`;

function read(choice: Choice): boolean {
  return window.localStorage.getItem(key(choice)) !== "off";
}

export function setDesktopChoice(choice: Choice, on: boolean): void {
  window.localStorage.setItem(key(choice), on ? "on" : "off");
  for (const listener of listeners) listener();
}

/** On until somebody turns it off. */
export function useDesktopChoice(choice: Choice): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => read(choice),
  );
}

const TOLD = "datashare.tray-told";

/** Whether it was said once that closing the window does not end Datashare. */
export function isTrayTold(): boolean {
  return window.localStorage.getItem(TOLD) === "yes";
}

export function setTrayTold(): void {
  window.localStorage.setItem(TOLD, "yes");
  for (const listener of listeners) listener();
}

export function useTrayTold(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isTrayTold);
}
