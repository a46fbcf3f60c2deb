import { Button, Field, Input } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { VaultKind, VaultStatus } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Row, Stack } from "~/components/layout";
import { useText } from "~/text";

import { NO_PASSPHRASE, NewPassphrase, isPassphrase } from "./NewPassphrase";

const KINDS: VaultKind[] = ["keyring", "file", "session"];

/** The three places for secrets. None of them is a dead end for the others. */
export function VaultForm({ status, onChosen }: { status: VaultStatus; onChosen?: () => void }) {
  const { vault: text, kinds } = useText();
  // A keyring that cannot be used is not what to begin with.
  const [kind, setKind] = useState<VaultKind>(status.kind === "keyring" && !status.ready ? "file" : status.kind);
  const [draft, setDraft] = useState(NO_PASSPHRASE);
  const choose = useChange("vault_choose");
  const isNew = kind === "file" && !status.passphrase_needed;
  const same = status.ready && kind === status.kind;
  const allowed = !same && (kind !== "file" || (isNew ? isPassphrase(draft) : draft.value !== ""));
  const submit = () => {
    choose.mutate(
      { kind, passphrase: kind === "file" ? draft.value : null },
      {
        onSuccess: () => {
          setDraft(NO_PASSPHRASE);
          onChosen?.();
        },
      },
    );
  };
  return (
    <Stack gap={16}>
      <Choice name={text.label} value={kind} onChange={setKind} testId="vault-kind" options={KINDS.map((value) => ({ value, label: kinds.vault[value], hint: text.hint[value] }))} />
      {isNew && <NewPassphrase label={text.passphraseNew} hint={text.passphraseHint} draft={draft} onChange={setDraft} testId="vault-passphrase" />}
      {kind === "file" && !isNew && (
        <Field label={text.passphrase} hint={text.passphraseNeeded}>
          <Input type="password" value={draft.value} onChange={(_, { value }) => setDraft({ ...draft, value })} data-testid="vault-passphrase" autoComplete="current-password" />
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
