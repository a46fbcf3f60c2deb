import { Button, Field, Input, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";

import { useChange } from "~/api/mutations";
import type { WorkspaceStatus } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Muted, Stack } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { VaultForm } from "~/parts/VaultForm";
import { useText } from "~/text";

import styles from "./FirstStart.module.css";
import { TakeOver } from "./TakeOver";

/** The one page before everything else. A keyring that cannot be used is named here, with the other choices beside it. */
export function FirstStart({ status }: { status: WorkspaceStatus }) {
  const text = useText().first;
  const [moving, setMoving] = useState(false);
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <Stack gap={8}>
          <h1 className={styles.title}>{text.title}</h1>
          <p>{text.lead}</p>
        </Stack>
        {!status.vault.ready ? <VaultFirst vault={status.vault} /> : moving ? <TakeOver onBack={() => setMoving(false)} /> : <Introduction onMove={() => setMoving(true)} />}
      </div>
    </main>
  );
}

function VaultFirst({ vault }: { vault: WorkspaceStatus["vault"] }) {
  const text = useText().first;
  return (
    <Stack gap={16}>
      <h2 className={styles.subtitle}>{text.vaultTitle}</h2>
      <MessageBar intent="warning" layout="multiline" data-testid="vault-trouble">
        <MessageBarBody>
          <MessageBarTitle>{text.vaultNotReady}</MessageBarTitle> {vault.message}
        </MessageBarBody>
      </MessageBar>
      <VaultForm status={vault} />
    </Stack>
  );
}

function Introduction({ onMove }: { onMove: () => void }) {
  const { first: text, common, moving } = useText();
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const initialise = useChange("workspace_initialise");
  const validEmail = parseAddresses(email).valid.length === 1 && parseAddresses(email).valid[0] === email.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "" || organisation.trim() === "" || !validEmail) return;
    initialise.mutate({ name: name.trim(), organisation: organisation.trim(), email: email.trim() });
  };
  const missing = (value: string) => (tried && value.trim() === "" ? { validationMessage: common.required } : {});
  return (
    <form onSubmit={submit} className={styles.form} noValidate>
      <Field label={text.name} required {...missing(name)}>
        <Input value={name} onChange={(_, { value }) => setName(value)} autoComplete="name" data-testid="first-name" />
      </Field>
      <Field label={text.organisation} required {...missing(organisation)}>
        <Input value={organisation} onChange={(_, { value }) => setOrganisation(value)} autoComplete="organization" data-testid="first-organisation" />
      </Field>
      <Field label={text.email} required {...(tried && !validEmail && { validationMessage: text.emailInvalid })}>
        <Input type="email" value={email} onChange={(_, { value }) => setEmail(value)} autoComplete="email" data-testid="first-email" />
      </Field>
      <Muted small>{text.note}</Muted>
      {initialise.error && <ErrorPanel error={initialise.error} />}
      <Button type="submit" appearance="primary" size="large" disabled={initialise.isPending} data-testid="first-submit">
        {text.submit}
      </Button>
      <Button appearance="subtle" onClick={onMove} data-testid="first-move">
        {moving.importLink}
      </Button>
    </form>
  );
}
