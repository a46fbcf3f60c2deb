import { Button, Field, Input, Select, Spinner } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import type { Connection, ConnectionCheck, ErrorDto } from "~/backend/bindings/commands";
import { toErrorDto } from "~/backend/backend";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Row, Stack } from "~/components/layout";
import { lastSegment } from "~/lib/paths";
import { useText } from "~/text";

import { BlobFields } from "./BlobFields";
import { CheckResult } from "./CheckResult";
import { type ConnectionDraft, EMPTY_DRAFT, isTestable, toRequest } from "./connection-draft";

type ConnectionFormProps = { onSaved: (connection: Connection) => void; onCancel: () => void };

/** Everything for a new connection on one form, with a test before it is saved. */
export function ConnectionForm({ onSaved, onCancel }: ConnectionFormProps) {
  const { connections: text, common, kinds } = useText();
  const [draft, setDraft] = useState<ConnectionDraft>(EMPTY_DRAFT);
  const { check, error, testing, test, forget } = useTry();
  const add = useChange("connection_add");
  const change = (part: Partial<ConnectionDraft>) => {
    setDraft((former) => ({ ...former, ...part }));
    forget();
    add.reset();
  };
  const complete = draft.name.trim() !== "" && isTestable(draft);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (complete) add.mutate(toRequest(draft), { onSuccess: onSaved });
  };
  return (
    <form onSubmit={save}>
      <Stack gap={16}>
        <Field label={text.kind}>
          <Select value={draft.kind} onChange={(_, { value }) => change({ kind: value as ConnectionDraft["kind"] })} data-testid="connection-kind">
            <option value="folder">{kinds.connection.folder}</option>
            <option value="azure-blob">{kinds.connection["azure-blob"]}</option>
          </Select>
        </Field>
        {draft.kind === "folder" ? <FolderField draft={draft} onChange={change} /> : <BlobFields draft={draft} onChange={change} />}
        <Field label={text.name} hint={text.nameHint} required>
          <Input value={draft.name} onChange={(_, { value }) => change({ name: value })} maxLength={120} data-testid="connection-name" />
        </Field>
        {check && <CheckResult check={check} />}
        {error && <ErrorPanel error={error} />}
        {add.error && <ErrorPanel error={add.error} />}
        <Row>
          <Button type="submit" appearance="primary" disabled={!complete || add.isPending} data-testid="connection-save">
            {check && !check.ok ? text.saveAnyway : text.save}
          </Button>
          <Button
            disabled={!isTestable(draft) || testing}
            icon={testing ? <Spinner size="tiny" /> : undefined}
            onClick={() => void test(draft)}
            data-testid="connection-test"
          >
            {testing ? text.testing : text.test}
          </Button>
          <Button appearance="subtle" onClick={onCancel}>
            {common.cancel}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}

/** The test before saving. It carries a secret, so its answer is kept here and not in the query cache. */
function useTry() {
  const backend = useBackend();
  const [check, setCheck] = useState<ConnectionCheck | null>(null);
  const [error, setError] = useState<ErrorDto | null>(null);
  const [testing, setTesting] = useState(false);
  const forget = () => {
    setCheck(null);
    setError(null);
  };
  const test = async (draft: ConnectionDraft) => {
    forget();
    setTesting(true);
    try {
      const request = toRequest(draft);
      setCheck(await backend.call("connection_try", { ...request, name: request.name || "test" }));
    } catch (reason) {
      setError(toErrorDto(reason));
    } finally {
      setTesting(false);
    }
  };
  return { check, error, testing, test, forget };
}

type FieldsProps = { draft: ConnectionDraft; onChange: (part: Partial<ConnectionDraft>) => void };

function FolderField({ draft, onChange }: FieldsProps) {
  const { connections: text, common } = useText();
  const backend = useBackend();
  const pick = async () => {
    const path = await backend.pickFolder();
    if (path !== null) onChange({ path, name: draft.name || lastSegment(path) });
  };
  return (
    <Field label={text.path} hint={text.pathHint} required>
      <Input
        value={draft.path}
        onChange={(_, { value }) => onChange({ path: value })}
        data-testid="connection-path"
        contentAfter={
          <Button size="small" appearance="transparent" onClick={() => void pick()} data-testid="connection-browse">
            {common.browse}
          </Button>
        }
      />
    </Field>
  );
}
