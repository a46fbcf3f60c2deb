import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Select } from "@fluentui/react-components";
import { DocumentCheckmarkRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { ErrorDto, Snapshot } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { isRunning } from "~/components/StatusBadge";
import { Muted, Stack } from "~/components/layout";
import { folderName } from "~/lib/paths";
import { shortDateTime } from "~/lib/time";
import { useText } from "~/text";

import { useNotify } from "./notify";

/** Whose receipt: of a share and one of its recipients, or of a received share. */
export type ReceiptOf = { name: string; label: string; recipient: string | null };

/** Asks where to, and writes the receipt there. */
export function useSaveReceipt(): { save: (of: ReceiptOf, snapshot: string | null, onSaved?: () => void) => Promise<void>; busy: boolean; error: ErrorDto | null } {
  const { receipts: text } = useText();
  const backend = useBackend();
  const notify = useNotify();
  const change = useChange("receipt_save");
  const save = async ({ name, label, recipient }: ReceiptOf, snapshot: string | null, onSaved?: () => void) => {
    const path = await backend.pickSaveFile(`${folderName(`${text.fileName} ${label}`)}.receipt.json`);
    if (path === null) return;
    change.mutate(
      { name, recipient, snapshot_id: snapshot, path },
      {
        onSuccess: () => {
          notify(text.saved(path));
          onSaved?.();
        },
      },
    );
  };
  return { save, busy: change.isPending, error: change.error };
}

/** People whose acceptance can be proven. */
export type Proved = { id: string; label: string };

type ReceiptDialogProps = {
  name: string;
  label: string;
  /** On the provider's side; on the recipient's there is only oneself. */
  people: readonly Proved[] | null;
  chosen?: string | undefined;
  /** Runs that have ended, newest first, of one of the people where there are several. */
  runsOf: (person: string | null) => readonly Snapshot[];
  onClose: () => void;
};

/** As many of the newest runs are offered; older ones have the button on their own page. */
const RUNS_OFFERED = 100;

function ReceiptDialog({ name, label, people, chosen, runsOf, onClose }: ReceiptDialogProps) {
  const { receipts: text, common, kinds } = useText();
  const [person, setPerson] = useState(chosen ?? people?.[0]?.id ?? null);
  const [snapshot, setSnapshot] = useState("");
  const { save, busy, error } = useSaveReceipt();
  const runs = runsOf(person).filter(({ status }) => !isRunning(status)).slice(0, RUNS_OFFERED);
  const nobody = people !== null && people.length === 0;
  const run = () => void save({ name, label: [label, people?.find(({ id }) => id === person)?.label].filter(Boolean).join(" "), recipient: person }, snapshot || null, onClose);
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="receipt-dialog">
        <DialogBody>
          <DialogTitle>{text.saveTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Muted>{nobody ? text.nobody : text.saveLead}</Muted>
              {people !== null && !nobody && (
                <Field label={text.whose}>
                  <Select
                    value={person ?? ""}
                    onChange={(_, { value }) => {
                      setPerson(value);
                      setSnapshot("");
                    }}
                    data-testid="receipt-person"
                  >
                    {people.map((one) => (
                      <option key={one.id} value={one.id}>
                        {one.label}
                      </option>
                    ))}
                  </Select>
                </Field>
              )}
              {!nobody && (
                <Field label={text.of}>
                  <Select value={snapshot} onChange={(_, { value }) => setSnapshot(value)} data-testid="receipt-of">
                    <option value="">{text.ofAcceptance}</option>
                    {runs.map(({ snapshot_id: id, started_at: at, mode }) => (
                      <option key={id} value={id}>
                        {text.ofSnapshot(shortDateTime(at, common.locale), kinds.mode[mode])}
                      </option>
                    ))}
                  </Select>
                </Field>
              )}
              {error && <ErrorPanel error={error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{nobody ? common.close : common.cancel}</Button>
            {!nobody && (
              <Button appearance="primary" disabled={busy} onClick={run} data-testid="receipt-save">
                {text.save}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** Of one of one's own shares. */
export function ShareReceiptDialog({ share, chosen, onClose }: { share: string; chosen?: string | undefined; onClose: () => void }) {
  const details = useRead("share_show", { share });
  const history = useRead("share_history", { name: share, since: null });
  if (!details.data) return null;
  const accepted = details.data.recipients.filter(({ accepted_at: at, subscription_status: status }) => at !== null && status !== null && status !== "WaitingForProvider");
  const people = accepted.map(({ recipient_id: id, name, email }) => ({ id, label: name === null ? email : `${name} (${email})` }));
  const emails = new Map(accepted.map(({ recipient_id: id, email, accepted_email: other }) => [id, [email, other]]));
  const runsOf = (person: string | null) => (history.data ?? []).filter(({ recipient }) => (emails.get(person ?? "") ?? []).some((email) => email && recipient?.includes(email)));
  return <ReceiptDialog name={share} label={details.data.name} people={people} chosen={chosen} runsOf={runsOf} onClose={onClose} />;
}

/** Of a received share: one's own. */
export function ReceivedReceiptDialog({ received, label, onClose }: { received: string; label: string; onClose: () => void }) {
  const runs = useRead("snapshot_list", { received });
  return <ReceiptDialog name={received} label={label} people={null} runsOf={() => runs.data ?? []} onClose={onClose} />;
}

/** Opens the question of whose and what. */
export function ReceiptButton({ onOpen }: { onOpen: () => void }) {
  const { receipts: text } = useText();
  return (
    <Button icon={<DocumentCheckmarkRegular />} title={text.saveHint} onClick={onOpen} data-testid="receipt-open">
      {text.save}
    </Button>
  );
}
