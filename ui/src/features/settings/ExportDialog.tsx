import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { Sentences } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { folderName } from "~/lib/paths";
import { NO_PASSPHRASE, NewPassphrase, isPassphrase } from "~/parts/NewPassphrase";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

/** The whole workspace into one encrypted file, for another computer. */
export function ExportDialog({ organisation, onClose }: { organisation: string; onClose: () => void }) {
  const { moving: text, common } = useText();
  const backend = useBackend();
  const notify = useNotify();
  const [draft, setDraft] = useState(NO_PASSPHRASE);
  const save = useChange("workspace_export");
  const run = async () => {
    const path = await backend.pickSaveFile(text.fileName(folderName(organisation)));
    if (path === null) return;
    save.mutate(
      { path, passphrase: draft.value },
      {
        onSuccess: (done) => {
          notify(text.exported(done.path, formatBytes(done.bytes, common.locale)));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="export-dialog">
        <DialogBody>
          <DialogTitle>{text.exportTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Sentences does={text.exportDoes} doesNot={text.exportDoesNot} />
              <NewPassphrase label={text.passphraseFor} hint={text.exportHint} draft={draft} onChange={setDraft} testId="export-passphrase" />
              {save.error && <ErrorPanel error={save.error} onRetry={() => void run()} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" icon={save.isPending ? <Spinner size="tiny" /> : undefined} disabled={!isPassphrase(draft) || save.isPending} onClick={() => void run()} data-testid="export-save">
              {text.exportConfirm}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
