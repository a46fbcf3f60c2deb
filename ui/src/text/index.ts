/** All text that people read, in the language of the window. */
import { createContext, useContext } from "react";

import { en } from "./en";

export type Text = typeof en;

const LANGUAGES = { en } as const satisfies Record<string, Text>;
export type Language = keyof typeof LANGUAGES;

export function textOf(language: Language): Text {
  return LANGUAGES[language];
}

const TextContext = createContext<Text>(en);
export const TextProvider = TextContext.Provider;

export function useText(): Text {
  return useContext(TextContext);
}
