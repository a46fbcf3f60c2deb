import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import type { ShareDetails } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { Bullets } from "~/components/layout";
import { useText } from "~/text";

/** Deleting cannot be undone, so the name is typed; afterwards the application says what it did. */
export function DeleteShare({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const { shares: text, common } = useText();
  const navigate = useNavigate();
  const remove = useChange("share_delete");
  const leave = () => void navigate({ to: "/sent", replace: true });
  if (remove.data) {
    return (
      <Dialog open modalType="alert">
        <DialogSurface data-testid="share-deleted">
          <DialogBody>
            <DialogTitle>{text.deletedTitle}</DialogTitle>
            <DialogContent>
              <Bullets items={remove.data.statement} />
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" onClick={leave}>
                {common.close}
              </Button>
            </DialogActions>
          </DialogBody>
        </DialogSurface>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={text.deleteTitle(share.name)} does={text.deleteDoes} doesNot={text.deleteDoesNot} confirm={text.deleteConfirm}
      typed={{ expected: share.name, label: text.deleteType(share.name) }}
      busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ share: share.id })} onClose={onClose}
    />
  );
}
