import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { NO_PASSPHRASE, NewPassphrase, isPassphrase } from "~/parts/NewPassphrase";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

/** Another passphrase for the file with the secrets. */
export function ChangePassphrase({ onClose }: { onClose: () => void }) {
  const { moving: text, vault, common } = useText();
  const [old, setOld] = useState("");
  const [draft, setDraft] = useState(NO_PASSPHRASE);
  const change = useChange("vault_change_passphrase");
  const notify = useNotify();
  const run = () =>
    change.mutate(
      { old, new: draft.value },
      {
        onSuccess: () => {
          notify(text.changed);
          onClose();
        },
      },
    );
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="passphrase-dialog">
        <DialogBody>
          <DialogTitle>{text.changeTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Field label={text.old}>
                <Input type="password" value={old} onChange={(_, { value }) => setOld(value)} autoComplete="current-password" data-testid="passphrase-old" />
              </Field>
              <NewPassphrase label={text.new} hint={vault.passphraseHint} draft={draft} onChange={setDraft} testId="passphrase-new" />
              {change.error && <ErrorPanel error={change.error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={old === "" || !isPassphrase(draft) || change.isPending} onClick={run} data-testid="passphrase-save">
              {text.changePassphrase}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
