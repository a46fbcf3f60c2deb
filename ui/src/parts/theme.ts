import { type Theme, teamsHighContrastTheme, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { useSyncExternalStore } from "react";

/** What is drawn. */
export type Look = "light" | "dark" | "contrast";
export type ThemeChoice = "system" | Look;

const FONT = "'Inter Variable', 'Segoe UI Variable', 'Segoe UI', system-ui, sans-serif";
/** Each system's own, but none that is drawn as thin as the typewriter's that “Courier New” stands for on Linux. */
const MONO = "ui-monospace, 'Cascadia Mono', Consolas, 'SF Mono', Menlo, 'DejaVu Sans Mono', 'Liberation Mono', monospace";
const withFont = (theme: Theme): Theme => ({ ...theme, fontFamilyBase: FONT, fontFamilyNumeric: FONT, fontFamilyMonospace: MONO });
const THEMES: Record<Look, Theme> = { light: withFont(webLightTheme), dark: withFont(webDarkTheme), contrast: withFont(teamsHighContrastTheme) };

/** How the window looks is a matter of this computer, so it is kept in the window's own storage. */
const KEY = "datashare.theme";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
/** Where the system forces its own colours, the browser does that by itself. */
const systemContrast = window.matchMedia("(prefers-contrast: more) and (forced-colors: none)");

function read(): ThemeChoice {
  const kept = window.localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" || kept === "contrast" ? kept : "system";
}

export function setThemeChoice(choice: ThemeChoice): void {
  window.localStorage.setItem(KEY, choice);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  for (const system of [systemDark, systemContrast]) system.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    for (const system of [systemDark, systemContrast]) system.removeEventListener("change", listener);
  };
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, read);
}

function look(): Look {
  const choice = read();
  if (choice !== "system") return choice;
  if (systemContrast.matches) return "contrast";
  return systemDark.matches ? "dark" : "light";
}

export function useLook(): Look {
  return useSyncExternalStore(subscribe, look);
}

export function themeOf(drawn: Look): Theme {
  return THEMES[drawn];
}
