import { useMemo, useSyncExternalStore } from "react";

import { type Language, type Text, isLanguage, localeFor, textOf } from "~/text";

export type LanguageChoice = "system" | Language;

/** Which language the window speaks is a matter of this computer, so it is kept in the window's own storage. */
const KEY = "datashare.language";
const listeners = new Set<() => void>();

function read(): LanguageChoice {
  const kept = window.localStorage.getItem(KEY);
  return isLanguage(kept) ? kept : "system";
}

export function setLanguageChoice(choice: LanguageChoice): void {
  window.localStorage.setItem(KEY, choice);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguageChoice(): LanguageChoice {
  return useSyncExternalStore(subscribe, read);
}

/** What the system asks for. */
export function systemLanguage(): Language {
  return localeFor(null, window.navigator.languages).language;
}

/** All text in the chosen language, with dates and numbers of the reader's region. */
export function useChosenText(): { language: Language; text: Text } {
  const choice = useLanguageChoice();
  return useMemo(() => {
    const { language, locale } = localeFor(choice === "system" ? null : choice, window.navigator.languages);
    return { language, text: textOf(language, locale) };
  }, [choice]);
}
