import { Button, Checkbox, Field, Input, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { Channel, EventKind, NotificationRule, NotificationStatus } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { CheckMessage } from "~/parts/CheckResult";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { DeadLetters } from "./DeadLetters";
import { NotificationTargets } from "./NotificationTargets";
import styles from "./Notifications.module.css";

const CHANNELS = ["desktop", "email", "webhook", "teams"] as const satisfies readonly Channel[];
/** Kinds of what happens to shares that were sent, and of what happens on either side; all others happen to received ones. */
const SENT: readonly EventKind[] = ["invitation-accepted", "invitation-rejected", "terms-agreed", "recipient-left", "recipient-snapshot-succeeded", "recipient-snapshot-failed"];
const EITHER: readonly EventKind[] = ["expiry-soon", "access-expired"];

/** What is told where. */
export function NotificationsTab() {
  const status = useRead("notification_show", {});
  return (
    <Loaded query={status}>
      {(known) => (
        <>
          {known.dead > 0 && <DeadLetters />}
          <Rules key={JSON.stringify([known.rules, known.email_to])} status={known} />
          <NotificationTargets targets={known.targets} />
        </>
      )}
    </Loaded>
  );
}

function Rules({ status }: { status: NotificationStatus }) {
  const { notifications: text, common } = useText();
  const [rules, setRules] = useState(status.rules);
  const [emailTo, setEmailTo] = useState(status.email_to ?? "");
  const save = useChange("notification_rules_set");
  const test = useChange("notification_test");
  const notify = useNotify();
  const problem = save.error ?? test.error;
  const unchanged = JSON.stringify([rules, emailTo]) === JSON.stringify([status.rules, status.email_to ?? ""]);
  const run = () => save.mutate({ rules, email_to: emailTo.trim() || null }, { onSuccess: () => notify(text.saved) });
  const turn = (kind: EventKind, channel: Channel, on: boolean) =>
    setRules((former) => former.map((rule) => (rule.kind === kind ? { kind, channels: CHANNELS.filter((one) => (one === channel ? on : rule.channels.includes(one))) } : rule)));
  const told = (channel: Channel) => rules.some(({ channels }) => channels.includes(channel));
  const without = (told("webhook") && !status.targets.some(({ kind }) => kind === "webhook")) || (told("teams") && !status.targets.some(({ kind }) => kind === "teams"));
  return (
    <Card title={text.title}>
      <Muted>{text.lead}</Muted>
      <div className={styles.scroll}>
        <table className={styles.table} data-testid="notification-rules">
          <thead>
            <tr>
              <th scope="col">{text.event}</th>
              {CHANNELS.map((channel) => (
                <th key={channel} scope="col">
                  {text.channels[channel]}
                </th>
              ))}
            </tr>
          </thead>
          <Group title={text.sent} rules={rules.filter(({ kind }) => SENT.includes(kind))} onTurn={turn} />
          <Group title={text.received} rules={rules.filter(({ kind }) => !SENT.includes(kind) && !EITHER.includes(kind))} onTurn={turn} />
          <Group title={text.either} rules={rules.filter(({ kind }) => EITHER.includes(kind))} onTurn={turn} />
        </table>
      </div>
      {told("email") && !status.mail_ready && <Warning testId="notification-no-mail">{text.noMail}</Warning>}
      {without && <Warning testId="notification-no-target">{text.noTarget}</Warning>}
      <Stack gap={16} className={styles.form}>
        <Field label={text.emailTo} hint={text.emailToHint}>
          <Input type="email" value={emailTo} onChange={(_, { value }) => setEmailTo(value)} autoComplete="off" spellCheck={false} data-testid="notification-email" />
        </Field>
      </Stack>
      {test.data && <CheckMessage check={{ ...test.data, code: null }} good={text.testOk} bad={text.testFailed} testId="notification-check" />}
      {problem && <ErrorPanel error={problem} />}
      <Row>
        <Button appearance="primary" disabled={unchanged || save.isPending} onClick={run} data-testid="notification-save">
          {common.save}
        </Button>
        <Button disabled={!status.mail_ready || test.isPending} onClick={() => test.mutate({ target: "email" })} data-testid="notification-test-mail">
          {text.testMail}
        </Button>
      </Row>
    </Card>
  );
}

type GroupProps = { title: string; rules: readonly NotificationRule[]; onTurn: (kind: EventKind, channel: Channel, on: boolean) => void };

function Group({ title, rules, onTurn }: GroupProps) {
  const { notifications: text } = useText();
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={CHANNELS.length + 1} className={styles.group}>
          {title}
        </th>
      </tr>
      {rules.map(({ kind, channels }) => (
        <tr key={kind}>
          <th scope="row">{text.kinds[kind]}</th>
          {CHANNELS.map((channel) => (
            <td key={channel}>
              <Checkbox checked={channels.includes(channel)} onChange={(_, { checked }) => onTurn(kind, channel, checked === true)} aria-label={text.on(text.kinds[kind], text.channels[channel])} data-testid={`notify-${kind}-${channel}`} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Warning({ children, testId }: { children: string; testId: string }) {
  return (
    <MessageBar intent="warning" layout="multiline" data-testid={testId}>
      <MessageBarBody>{children}</MessageBarBody>
    </MessageBar>
  );
}
