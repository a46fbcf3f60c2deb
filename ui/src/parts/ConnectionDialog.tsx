import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";

import type { Connection } from "~/backend/bindings/commands";
import { useText } from "~/text";

import { ConnectionForm } from "./ConnectionForm";

type ConnectionDialogProps = { onAdded: (connection: Connection) => void; onClose: () => void };

/** A new connection without leaving what one is at. */
export function ConnectionDialog({ onAdded, onClose }: ConnectionDialogProps) {
  const text = useText().connections;
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.addTitle}</DialogTitle>
          <DialogContent>
            <ConnectionForm onSaved={onAdded} onCancel={onClose} />
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
