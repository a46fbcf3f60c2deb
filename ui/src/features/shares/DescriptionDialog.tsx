import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Textarea } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

export function DescriptionDialog({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const { shares: text, wizard, common } = useText();
  const [description, setDescription] = useState(share.description);
  const update = useChange("share_update");
  const notify = useNotify();
  const save = () =>
    update.mutate(
      { share: share.id, description: description.trim(), terms: null, terms_must_be_accepted_again: false },
      {
        onSuccess: () => {
          notify(text.descriptionSaved);
          onClose();
        },
      },
    );
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="share-description-dialog">
        <DialogBody>
          <DialogTitle>{text.editDescription}</DialogTitle>
          <DialogContent>
            <Stack gap={12}>
              <Field label={text.description} hint={wizard.descriptionHint}>
                <Textarea value={description} onChange={(_, { value }) => setDescription(value)} rows={4} resize="vertical" data-testid="share-description-edit" />
              </Field>
              {update.error && <ErrorPanel error={update.error} onRetry={save} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={update.isPending} onClick={save} data-testid="share-description-save">
              {common.save}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
