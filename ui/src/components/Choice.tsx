import { Radio, RadioGroup } from "@fluentui/react-components";

import styles from "./Choice.module.css";

type Option<V extends string> = { value: V; label: string; hint: string; disabled?: boolean };
type ChoiceProps<V extends string> = { name: string; value: V; options: Option<V>[]; onChange: (value: V) => void; testId?: string };

/** A few options, each with a sentence about what it means. */
export function Choice<V extends string>({ name, value, options, onChange, testId }: ChoiceProps<V>) {
  return (
    <RadioGroup aria-label={name} value={value} onChange={(_, data) => onChange(data.value as V)} data-testid={testId}>
      {options.map((option) => (
        <Radio
          key={option.value}
          value={option.value}
          disabled={option.disabled ?? false}
          data-testid={testId && `${testId}-${option.value}`}
          label={
            <span className={styles.option}>
              {option.label}
              <span className={styles.hint}>{option.hint}</span>
            </span>
          }
        />
      ))}
    </RadioGroup>
  );
}
