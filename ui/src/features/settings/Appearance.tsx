import { Field, Select } from "@fluentui/react-components";

import { Card, Muted } from "~/components/layout";
import { type LanguageChoice, setLanguageChoice, systemLanguage, useLanguageChoice } from "~/parts/language";
import { type ThemeChoice, setThemeChoice, useThemeChoice } from "~/parts/theme";
import { LANGUAGE_NAMES, useText } from "~/text";

import styles from "./Appearance.module.css";

/** How the window looks and which language it speaks. Both change at once. */
export function Appearance() {
  const text = useText().settings;
  const theme = useThemeChoice();
  const language = useLanguageChoice();
  const languages: Record<LanguageChoice, string> = { system: text.languageSystem(LANGUAGE_NAMES[systemLanguage()]), ...LANGUAGE_NAMES };
  return (
    <Card title={text.appearance}>
      <div className={styles.fields}>
        <Field label={text.theme}>
          <Select value={theme} onChange={(_, { value }) => setThemeChoice(value as ThemeChoice)} data-testid="settings-theme">
            <Options labels={text.themes} />
          </Select>
        </Field>
        <Field label={text.language}>
          <Select value={language} onChange={(_, { value }) => setLanguageChoice(value as LanguageChoice)} data-testid="settings-language">
            <Options labels={languages} />
          </Select>
        </Field>
      </div>
      {text.languageHint && <Muted small>{text.languageHint}</Muted>}
    </Card>
  );
}

function Options<V extends string>({ labels }: { labels: Record<V, string> }) {
  return Object.entries<string>(labels).map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}
