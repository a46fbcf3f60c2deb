import { Field, Input } from "@fluentui/react-components";

import { useText } from "~/text";

const SHORTEST = 8;

export type NewPassphraseDraft = { value: string; repeated: string };
export const NO_PASSPHRASE: NewPassphraseDraft = { value: "", repeated: "" };

/** Long enough, and typed twice the same. */
export function isPassphrase({ value, repeated }: NewPassphraseDraft): boolean {
  return value.length >= SHORTEST && value === repeated;
}

type NewPassphraseProps = { label: string; hint: string; draft: NewPassphraseDraft; onChange: (draft: NewPassphraseDraft) => void; testId: string };

/** A passphrase that is being chosen: typed twice, because nobody can look it up. */
export function NewPassphrase({ label, hint, draft, onChange, testId }: NewPassphraseProps) {
  const { vault: text } = useText();
  const short = draft.value.length > 0 && draft.value.length < SHORTEST;
  const differs = draft.repeated.length > 0 && draft.repeated !== draft.value;
  return (
    <>
      <Field label={label} hint={hint} {...(short && { validationMessage: text.passphraseShort })}>
        <Input type="password" value={draft.value} onChange={(_, { value }) => onChange({ ...draft, value })} autoComplete="new-password" data-testid={testId} />
      </Field>
      <Field label={text.passphraseRepeat} {...(differs && { validationMessage: text.passphraseDiffers })}>
        <Input type="password" value={draft.repeated} onChange={(_, { value }) => onChange({ ...draft, repeated: value })} autoComplete="new-password" data-testid={`${testId}-repeat`} />
      </Field>
    </>
  );
}
