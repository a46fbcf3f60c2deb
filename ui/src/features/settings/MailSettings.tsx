import { Button, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { MailSettings as Settings } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Card, Facts, Muted, Row } from "~/components/layout";
import { CheckMessage } from "~/parts/CheckResult";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { MailForm } from "./MailForm";

/** The server by which invitations are sent. */
export function MailSettings() {
  const { mail: text } = useText();
  const status = useRead("mail_show", {});
  const [editing, setEditing] = useState(false);
  return (
    <Card title={text.title}>
      <Muted>{text.lead}</Muted>
      <Loaded query={status}>
        {({ settings }) =>
          editing ? (
            <MailForm known={settings} onDone={() => setEditing(false)} />
          ) : settings ? (
            <Known settings={settings} onChange={() => setEditing(true)} />
          ) : (
            <Row>
              <Button onClick={() => setEditing(true)} data-testid="mail-set-up">
                {text.setUp}
              </Button>
            </Row>
          )
        }
      </Loaded>
    </Card>
  );
}

function Known({ settings, onChange }: { settings: Settings; onChange: () => void }) {
  const { mail: text } = useText();
  const test = useChange("mail_test");
  const clear = useChange("mail_clear");
  const notify = useNotify();
  const problem = test.error ?? clear.error;
  return (
    <>
      <Facts
        facts={[
          { label: text.server, value: `${settings.server}:${settings.port}` },
          { label: text.security, value: text.securities[settings.security] },
          { label: text.user, value: settings.user === null ? text.noLogin : settings.user },
          { label: text.from, value: settings.from },
        ]}
      />
      {test.data && <CheckMessage check={test.data} good={text.testOk} bad={text.testFailed} testId="mail-check" />}
      {problem && <ErrorPanel error={problem} />}
      <Row>
        <Button appearance="primary" disabled={test.isPending} icon={test.isPending ? <Spinner size="tiny" /> : undefined} onClick={() => test.mutate({})} data-testid="mail-test">
          {test.isPending ? text.testing : text.test}
        </Button>
        <Button onClick={onChange} data-testid="mail-change">
          {text.change}
        </Button>
        <Button disabled={clear.isPending} onClick={() => clear.mutate({}, { onSuccess: () => notify(text.removed) })} data-testid="mail-remove">
          {text.remove}
        </Button>
      </Row>
    </>
  );
}
