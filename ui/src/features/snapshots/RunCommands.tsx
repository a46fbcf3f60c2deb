import { Button, Field, Input, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { DismissRegular, GaugeRegular, PauseRegular, PlayRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { Snapshot, SnapshotStatus } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Row, Stack } from "~/components/layout";
import { useText } from "~/text";

type RunCommandsProps = { run: Snapshot; status: SnapshotStatus; onCancel: () => void };

/** What can be done with a run that goes on: hold it, go on, limit it, end it. */
export function RunCommands({ run, status, onCancel }: RunCommandsProps) {
  const { snapshots: text } = useText();
  const pause = useChange("snapshot_pause");
  const resume = useChange("snapshot_resume");
  const request = { snapshot_id: run.snapshot_id };
  const paused = status === "Paused";
  const ending = status === "Cancelling";
  const busy = pause.isPending || resume.isPending || status === "Pausing" || ending;
  const error = pause.error ?? resume.error;
  return (
    <>
      <Button
        appearance={paused ? "primary" : "secondary"}
        icon={paused ? <PlayRegular /> : <PauseRegular />}
        title={paused ? text.resumeHint : text.pauseHint}
        disabled={busy}
        onClick={() => (paused ? resume : pause).mutate(request)}
        data-testid={paused ? "snapshot-resume" : "snapshot-pause"}
      >
        {paused ? text.resume : text.pause}
      </Button>
      <Limit run={run} disabled={ending} />
      <Button icon={<DismissRegular />} onClick={onCancel} disabled={ending} data-testid="snapshot-cancel">
        {text.cancel}
      </Button>
      {error && (
        <div style={{ flexBasis: "100%" }}>
          <ErrorPanel error={error} onRetry={() => (paused ? resume : pause).mutate(request)} />
        </div>
      )}
    </>
  );
}

const MEGABYTE = 1_000_000;

/** How fast it may be at most, in MB a second. */
function Limit({ run, disabled }: { run: Snapshot; disabled: boolean }) {
  const { snapshots: text, common } = useText();
  const [open, setOpen] = useState(false);
  const [entered, setEntered] = useState("");
  const limit = useChange("snapshot_limit");
  const megabytes = Number(entered.replace(",", "."));
  const allowed = entered.trim() !== "" && Number.isFinite(megabytes) && megabytes > 0;
  const set = (bytes: number | null) => limit.mutate({ snapshot_id: run.snapshot_id, bytes_per_second: bytes }, { onSuccess: () => setOpen(false) });
  return (
    <Popover open={open} onOpenChange={(_, data) => setOpen(data.open)} trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button icon={<GaugeRegular />} disabled={disabled} data-testid="snapshot-limit">
          {text.limit}
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={text.limitTitle} data-testid="snapshot-limit-form">
        <Stack gap={12}>
          <Field label={text.limitLabel} hint={text.limitHint}>
            <Input value={entered} onChange={(_, { value }) => setEntered(value)} inputMode="decimal" data-testid="snapshot-limit-rate" />
          </Field>
          {limit.error && <ErrorPanel error={limit.error} />}
          <Row>
            <Button appearance="primary" disabled={!allowed || limit.isPending} onClick={() => set(Math.round(megabytes * MEGABYTE))} data-testid="snapshot-limit-set">
              {common.save}
            </Button>
            <Button disabled={limit.isPending} onClick={() => set(null)} data-testid="snapshot-limit-lift">
              {text.limitLift}
            </Button>
          </Row>
        </Stack>
      </PopoverSurface>
    </Popover>
  );
}
