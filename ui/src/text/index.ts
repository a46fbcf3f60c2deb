/** All text that people read, in the language of the window. A text that one of the languages lacks is an error of types. */
import { createContext, useContext } from "react";

import { de } from "./de";
import { en } from "./en";

export type Text = typeof en;

const LANGUAGES = { en, de } as const satisfies Record<string, Text>;
export type Language = keyof typeof LANGUAGES;

/** Each language by its own name, as people look for it who do not read the present one. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && value in LANGUAGES;
}

/** The first of the languages a person reads that there is text in, with the region that dates and numbers follow. */
export function localeFor(wanted: Language | null, read: readonly string[]): { language: Language; locale: string } {
  const languageOf = (tag: string) => tag.split("-")[0]?.toLowerCase();
  const language = wanted ?? read.map(languageOf).find(isLanguage) ?? "en";
  return { language, locale: read.find((tag) => languageOf(tag) === language) ?? language };
}

/** The text of a language, with dates and numbers as the locale writes them. */
export function textOf(language: Language, locale: string = language): Text {
  const text: Text = LANGUAGES[language];
  return { ...text, common: { ...text.common, locale } };
}

const TextContext = createContext<Text>(en);
export const TextProvider = TextContext.Provider;

export function useText(): Text {
  return useContext(TextContext);
}
