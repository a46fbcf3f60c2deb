import { Button, Field, Input } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { VaultKind, VaultStatus } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Row, Stack } from "~/components/layout";
import { useText } from "~/text";

const KINDS: VaultKind[] = ["keyring", "file", "session"];
const SHORTEST_PASSPHRASE = 8;

/** The three places for secrets. None of them is a dead end for the others. */
export function VaultForm({ status, onChosen }: { status: VaultStatus; onChosen?: () => void }) {
  const { vault: text, kinds } = useText();
  // A keyring that cannot be used is not what to begin with.
  const [kind, setKind] = useState<VaultKind>(status.kind === "keyring" && !status.ready ? "file" : status.kind);
  const [passphrase, setPassphrase] = useState("");
  const [repeated, setRepeated] = useState("");
  const choose = useChange("vault_choose");
  const isNew = kind === "file" && !status.passphrase_needed;
  const short = isNew && passphrase.length > 0 && passphrase.length < SHORTEST_PASSPHRASE;
  const differs = isNew && repeated.length > 0 && repeated !== passphrase;
  const same = status.ready && kind === status.kind;
  const allowed = !same && (kind !== "file" || (passphrase !== "" && (!isNew || (passphrase.length >= SHORTEST_PASSPHRASE && repeated === passphrase))));
  const submit = () => {
    choose.mutate(
      { kind, passphrase: kind === "file" ? passphrase : null },
      {
        onSuccess: () => {
          setPassphrase("");
          setRepeated("");
          onChosen?.();
        },
      },
    );
  };
  return (
    <Stack gap={16}>
      <Choice name={text.label} value={kind} onChange={setKind} testId="vault-kind" options={KINDS.map((value) => ({ value, label: kinds.vault[value], hint: text.hint[value] }))} />
      {kind === "file" && (
        <Field label={isNew ? text.passphraseNew : text.passphrase} hint={isNew ? text.passphraseHint : text.passphraseNeeded} {...(short && { validationMessage: text.passphraseShort })}>
          <Input type="password" value={passphrase} onChange={(_, { value }) => setPassphrase(value)} data-testid="vault-passphrase" autoComplete="new-password" />
        </Field>
      )}
      {isNew && (
        <Field label={text.passphraseRepeat} {...(differs && { validationMessage: text.passphraseDiffers })}>
          <Input type="password" value={repeated} onChange={(_, { value }) => setRepeated(value)} data-testid="vault-passphrase-repeat" autoComplete="new-password" />
        </Field>
      )}
      {choose.error && <ErrorPanel error={choose.error} onRetry={submit} />}
      <Row>
        <Button appearance="primary" disabled={!allowed || choose.isPending} onClick={submit} data-testid="vault-submit">
          {status.passphrase_needed && kind === "file" ? text.unlock : kind === "keyring" && status.kind === "keyring" && !status.ready ? text.tryKeyring : text.use}
        </Button>
      </Row>
    </Stack>
  );
}
