import { Field, Input, Select, Switch } from "@fluentui/react-components";

import { useText } from "~/text";

import type { ConnectionDraft, SecretKind } from "./connection-draft";

type BlobFieldsProps = { draft: ConnectionDraft; onChange: (part: Partial<ConnectionDraft>) => void };

/** Account, sign-in and address of Azure Blob storage. */
export function BlobFields({ draft, onChange }: BlobFieldsProps) {
  const { connections: text, kinds } = useText();
  const labels: Record<SecretKind, [label: string, hint: string]> = {
    "account-key": [text.keyLabel, text.keyHint],
    sas: [text.sasLabel, text.sasHint],
    "connection-string": [text.connectionStringLabel, text.connectionStringHint],
  };
  const [label, hint] = labels[draft.credential];
  const namesAccount = draft.credential === "connection-string";
  return (
    <>
      <Field label={text.credential}>
        <Select value={draft.credential} onChange={(_, { value }) => onChange({ credential: value as SecretKind, secret: "" })} data-testid="connection-credential">
          <option value="account-key">{kinds.credential["account-key"]}</option>
          <option value="sas">{kinds.credential.sas}</option>
          <option value="connection-string">{kinds.credential["connection-string"]}</option>
        </Select>
      </Field>
      {!namesAccount && (
        <Field label={text.account} hint={text.accountHint} required>
          <Input value={draft.account} onChange={(_, { value }) => onChange({ account: value })} autoComplete="off" spellCheck={false} data-testid="connection-account" />
        </Field>
      )}
      <Field label={label} hint={hint} required>
        <Input type="password" value={draft.secret} onChange={(_, { value }) => onChange({ secret: value })} autoComplete="off" data-testid="connection-secret" />
      </Field>
      {!namesAccount && (
        <>
          <Switch label={text.ownEndpoint} checked={draft.ownEndpoint} onChange={(_, { checked }) => onChange({ ownEndpoint: checked })} data-testid="connection-own-endpoint" />
          {draft.ownEndpoint && (
            <Field label={text.endpoint} hint={text.endpointHint}>
              <Input type="url" value={draft.endpoint} onChange={(_, { value }) => onChange({ endpoint: value })} spellCheck={false} data-testid="connection-endpoint" />
            </Field>
          )}
        </>
      )}
    </>
  );
}
