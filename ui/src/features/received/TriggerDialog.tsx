import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { ReceivedDetails, SnapshotMode } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Muted, Stack } from "~/components/layout";
import { ScheduleFields } from "~/parts/ScheduleFields";
import { useNotify } from "~/parts/notify";
import { draftOf, emptySchedule, scheduleWords, wishOf } from "~/parts/schedule";
import { useText } from "~/text";

type Whose = "provider" | "own";
const MODES: SnapshotMode[] = ["incremental", "full"];

/** By whose schedule snapshots are taken, and what each brings. */
export function TriggerDialog({ details, onClose }: { details: ReceivedDetails; onClose: () => void }) {
  const words = useText();
  const { trigger: text, common } = words;
  const { trigger, snapshot_schedule: offered, summary } = details;
  const [whose, setWhose] = useState<Whose>(trigger.own ? "own" : "provider");
  const [mode, setMode] = useState<SnapshotMode>(trigger.mode ?? "incremental");
  const [draft, setDraft] = useState(() => {
    const known = trigger.own ?? offered;
    return known ? { ...draftOf(known.schedule), spread: 0 } : emptySchedule();
  });
  const enable = useChange("trigger_enable");
  const notify = useNotify();
  const own = wishOf(draft);
  const save = () =>
    enable.mutate(
      { received: summary.id, mode, ...(whose === "own" && own && { own }) },
      {
        onSuccess: () => {
          notify(text.enabled);
          onClose();
        },
      },
    );
  const said = offered ? scheduleWords(offered.schedule, words) : "";
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="trigger-dialog">
        <DialogBody>
          <DialogTitle>{text.on}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Field label={text.whose}>
                <Choice
                  name={text.whose}
                  value={whose}
                  onChange={setWhose}
                  testId="trigger-whose"
                  options={[{ value: "provider", label: text.whoseProvider, hint: text.whoseProviderHint(said) }, { value: "own", label: text.whoseOwn, hint: text.ownLead }]}
                />
              </Field>
              {whose === "own" && <ScheduleFields draft={draft} onChange={(part) => setDraft((former) => ({ ...former, ...part }))} />}
              <Field label={text.mode}>
                <Choice name={text.mode} value={mode} onChange={setMode} testId="trigger-mode" options={MODES.map((value) => ({ value, label: text.modes[value], hint: text.modeHints[value] }))} />
              </Field>
              <Muted small>{text.followHint}</Muted>
              {enable.error && <ErrorPanel error={enable.error} onRetry={save} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={enable.isPending || (whose === "own" && own === null)} onClick={save} data-testid="trigger-save">
              {common.save}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
