import { Button, Field, Input } from "@fluentui/react-components";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { type OpenInvitation, setOpenInvitation } from "~/api/invitation-store";
import { Card, Row } from "~/components/layout";
import { useText } from "~/text";

/** Where the meeting folder is on this computer. */
export function ExchangeFolder({ open }: { open: OpenInvitation }) {
  const { openInvitation: text, common } = useText();
  const backend = useBackend();
  const [folder, setFolder] = useState(open.exchangeFolder ?? "");
  const pick = async () => {
    const path = await backend.pickFolder();
    if (path !== null) setFolder(path);
  };
  return (
    <Card title={text.folderTitle}>
      <p>{text.folderBody}</p>
      <Field label={text.folderLabel}>
        <Input
          value={folder}
          onChange={(_, { value }) => setFolder(value)}
          data-testid="exchange-folder"
          contentAfter={
            <Button size="small" appearance="transparent" onClick={() => void pick()}>
              {common.browse}
            </Button>
          }
        />
      </Field>
      <Row>
        <Button appearance="primary" disabled={folder.trim() === ""} onClick={() => setOpenInvitation({ ...open, exchangeFolder: folder.trim() })} data-testid="exchange-folder-open">
          {text.folderTry}
        </Button>
      </Row>
    </Card>
  );
}
