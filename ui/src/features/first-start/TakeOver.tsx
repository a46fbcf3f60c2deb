import { Button, Field, Input, Spinner } from "@fluentui/react-components";
import { FolderOpenRegular } from "@fluentui/react-icons";
import { type FormEvent, useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Mono, Muted, Row } from "~/components/layout";
import { useText } from "~/text";

import styles from "./FirstStart.module.css";

/** The workspace comes from another computer, in a file. */
export function TakeOver({ onBack }: { onBack: () => void }) {
  const { moving: text } = useText();
  const backend = useBackend();
  const [path, setPath] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const take = useChange("workspace_import");
  const choose = async () => setPath((await backend.pickFile()) ?? path);
  const run = () => path !== null && take.mutate({ path, passphrase });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <h2 className={styles.subtitle}>{text.importTitle}</h2>
      <p>{text.importLead}</p>
      <Row>
        <Button icon={<FolderOpenRegular />} onClick={() => void choose()} data-testid="import-choose">
          {text.importChoose}
        </Button>
        {path === null ? <Muted>{text.importNone}</Muted> : <Mono>{path}</Mono>}
      </Row>
      <Field label={text.passphraseFor}>
        <Input type="password" value={passphrase} onChange={(_, { value }) => setPassphrase(value)} autoComplete="current-password" data-testid="import-passphrase" />
      </Field>
      {take.error && <ErrorPanel error={take.error} onRetry={run} />}
      <Row>
        <Button type="submit" appearance="primary" icon={take.isPending ? <Spinner size="tiny" /> : undefined} disabled={path === null || passphrase === "" || take.isPending} data-testid="import-submit">
          {take.isPending ? text.importing : text.importSubmit}
        </Button>
        <Button appearance="subtle" onClick={onBack} data-testid="import-back">
          {text.importBack}
        </Button>
      </Row>
    </form>
  );
}
