import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";

import { useChange } from "~/api/mutations";
import type { NotificationTarget, TargetKind } from "~/backend/bindings/commands";
import { CopyButton } from "~/components/CopyButton";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Mono, Muted, Row, Stack } from "~/components/layout";
import { CheckMessage } from "~/parts/CheckResult";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import styles from "./Notifications.module.css";

/** Webhooks and workflows that are called. */
export function NotificationTargets({ targets }: { targets: readonly NotificationTarget[] }) {
  const { notifications: text, common } = useText();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Card title={text.targets}>
      <Muted>{text.targetsLead}</Muted>
      {targets.length === 0 && !adding && <Muted small>{text.none}</Muted>}
      {targets.map((target) => (
        <Target key={target.target_id} target={target} />
      ))}
      {secret !== null && (
        <MessageBar intent="success" layout="multiline" data-testid="target-secret">
          <MessageBarBody>
            <Stack gap={8}>
              <span>{text.secretOnce}</span>
              <span className={styles.secret}>
                <Mono>{secret}</Mono>
              </span>
              <Row>
                <CopyButton size="small" text={secret} label={common.copy} />
              </Row>
            </Stack>
          </MessageBarBody>
        </MessageBar>
      )}
      {adding ? (
        <TargetForm
          onDone={(made) => {
            setSecret(made);
            setAdding(false);
          }}
          onCancel={() => setAdding(false)}
        />
      ) : (
        <Row>
          <Button onClick={() => setAdding(true)} data-testid="target-add">
            {text.add}
          </Button>
        </Row>
      )}
    </Card>
  );
}

function Target({ target: { target_id: target, name, kind, host } }: { target: NotificationTarget }) {
  const { notifications: text } = useText();
  const test = useChange("notification_test");
  const remove = useChange("notification_target_remove");
  const notify = useNotify();
  const problem = test.error ?? remove.error;
  return (
    <Stack gap={8}>
      <Row spread>
        <Stack gap={4}>
          <strong>{name}</strong>
          <Muted small>{`${text.targetKinds[kind]}, ${host}`}</Muted>
        </Stack>
        <Row>
          <Button disabled={test.isPending} icon={test.isPending ? <Spinner size="tiny" /> : undefined} onClick={() => test.mutate({ target })} aria-label={text.testTarget(name)} data-testid="target-test">
            {test.isPending ? text.testing : text.test}
          </Button>
          <Button disabled={remove.isPending} onClick={() => remove.mutate({ target }, { onSuccess: () => notify(text.removed(name)) })} aria-label={text.removeTarget(name)} data-testid="target-remove">
            {text.remove}
          </Button>
        </Row>
      </Row>
      {test.data && <CheckMessage check={{ ...test.data, code: null }} good={text.testOk} bad={text.testFailed} testId="target-check" />}
      {problem && <ErrorPanel error={problem} />}
    </Stack>
  );
}

function TargetForm({ onDone, onCancel }: { onDone: (signingSecret: string | null) => void; onCancel: () => void }) {
  const { notifications: text, common } = useText();
  const [draft, setDraft] = useState({ name: "", kind: "webhook" as TargetKind, address: "", secret: "" });
  const set = useChange("notification_target_set");
  const change = (part: Partial<typeof draft>) => setDraft((former) => ({ ...former, ...part }));
  const complete = draft.name.trim() !== "" && draft.address.trim() !== "";
  const save = (event: FormEvent) => {
    event.preventDefault();
    const request = { ...draft, name: draft.name.trim(), secret: draft.kind === "teams" ? null : draft.secret.trim() || null };
    if (complete) set.mutate(request, { onSuccess: ({ signing_secret: secret }) => onDone(secret) });
  };
  return (
    <form onSubmit={save}>
      <Stack gap={16} className={styles.form}>
        <Field label={text.name} required>
          <Input value={draft.name} onChange={(_, { value }) => change({ name: value })} autoComplete="off" data-testid="target-name" />
        </Field>
        <Field label={text.kind}>
          <Select value={draft.kind} onChange={(_, { value }) => change({ kind: value as TargetKind })} data-testid="target-kind">
            <option value="webhook">{text.targetKinds.webhook}</option>
            <option value="teams">{text.targetKinds.teams}</option>
          </Select>
        </Field>
        <Field label={text.address} hint={text.addressHint} required>
          <Input type="password" value={draft.address} onChange={(_, { value }) => change({ address: value })} autoComplete="off" data-testid="target-address" />
        </Field>
        {draft.kind === "webhook" && (
          <Field label={text.secret} hint={text.secretHint}>
            <Input type="password" value={draft.secret} onChange={(_, { value }) => change({ secret: value })} autoComplete="off" data-testid="target-secret-given" />
          </Field>
        )}
        {set.error && <ErrorPanel error={set.error} />}
        <Row>
          <Button type="submit" appearance="primary" disabled={!complete || set.isPending} data-testid="target-save">
            {common.save}
          </Button>
          <Button appearance="subtle" onClick={onCancel}>
            {common.cancel}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
