import { type Theme, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const FONT = "'Inter Variable', 'Segoe UI Variable', 'Segoe UI', system-ui, sans-serif";
const withFont = (theme: Theme): Theme => ({ ...theme, fontFamilyBase: FONT, fontFamilyNumeric: FONT });
const LIGHT = withFont(webLightTheme);
const DARK = withFont(webDarkTheme);

/** How the window looks is a matter of this computer, so it is kept in the window's own storage. */
const KEY = "datashare.theme";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function read(): ThemeChoice {
  const kept = window.localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setThemeChoice(choice: ThemeChoice): void {
  window.localStorage.setItem(KEY, choice);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemDark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    systemDark.removeEventListener("change", listener);
  };
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, read);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => (read() === "system" ? systemDark.matches : read() === "dark"));
}

export function themeOf(dark: boolean): Theme {
  return dark ? DARK : LIGHT;
}
