import { Button, Field, Textarea } from "@fluentui/react-components";
import { DocumentArrowUpRegular } from "@fluentui/react-icons";
import { type ChangeEvent, type FormEvent, useRef, useState } from "react";

import { setOpenInvitation, useOpenInvitation } from "~/api/invitation-store";
import { Page } from "~/components/Page";
import { Card, Row, Stack } from "~/components/layout";
import { invitationIn } from "~/lib/invitation";
import { useText } from "~/text";

import { InvitationPage } from "./InvitationPage";

/** The open invitation, or the place to open one. */
export function OpenInvitationPage() {
  const open = useOpenInvitation();
  if (open) return <InvitationPage key={open.invitation} open={open} />;
  return <PasteInvitation />;
}

function PasteInvitation() {
  const text = useText().openInvitation;
  const [value, setValue] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const open = (invitation: string) => setOpenInvitation({ invitation: invitationIn(invitation), exchangeFolder: null });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() !== "") open(value);
  };
  const readFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0];
    if (chosen) open(await chosen.text());
  };
  return (
    <Page title={text.title} lead={text.lead}>
      <Card>
        <form onSubmit={submit}>
          <Stack gap={16}>
            <Field label={text.label}>
              <Textarea value={value} onChange={(_, data) => setValue(data.value)} placeholder={text.placeholder} rows={4} resize="vertical" spellCheck={false} data-testid="invitation-input" />
            </Field>
            <Row>
              <Button type="submit" appearance="primary" disabled={value.trim() === ""} data-testid="invitation-open">
                {text.open}
              </Button>
              <Button icon={<DocumentArrowUpRegular />} onClick={() => file.current?.click()} data-testid="invitation-file">
                {text.chooseFile}
              </Button>
              <input ref={file} type="file" accept=".datashare" hidden onChange={(event) => void readFile(event)} />
            </Row>
          </Stack>
        </form>
      </Card>
    </Page>
  );
}
