import { Button } from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { useProgress } from "~/api/progress";
import { useRead } from "~/api/queries";
import type { Snapshot } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { SnapshotBadge, isRunning } from "~/components/StatusBadge";
import { ExportMenu } from "~/parts/ExportMenu";
import { reportTable } from "~/parts/export-runs";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

import { Failures } from "./Failures";
import { Outcome } from "./Outcome";
import { Guard } from "./Guard";
import { RunReceipt } from "./RunReceipt";
import { RunCommands } from "./RunCommands";
import { Running } from "./Running";

/** While a run goes on, its record is read again now and then, so that a lost event does not leave the page behind. */
const LOOK_AGAIN = 5000;

export function SnapshotPage() {
  const { snapshot: id } = useParams({ from: "/activity/$snapshot" });
  const { snapshots: text, activity } = useText();
  const navigate = useNavigate();
  const snapshot = useRead("snapshot_show", { snapshot_id: id }, { refetchInterval: ({ state }) => (state.data && isRunning(state.data.status) ? LOOK_AGAIN : false) });
  if (snapshot.data) return <Opened key={id} run={snapshot.data} />;
  return (
    <Page title={text.run} back={{ label: activity.title, onBack: () => void navigate({ to: "/activity" }) }}>
      <Loaded query={snapshot}>{() => null}</Loaded>
    </Page>
  );
}

function Opened({ run }: { run: Snapshot }) {
  const { snapshots: text } = useText();
  const navigate = useNavigate();
  const progress = useProgress(run.snapshot_id);
  const [cancelling, setCancelling] = useState(false);
  const running = isRunning(run.status);
  const status = running && progress ? progress.status : run.status;
  const provided = run.recipient !== null;
  const back = () => (provided ? void navigate({ to: "/sent/$share", params: { share: run.share }, search: { tab: "history" } }) : void navigate({ to: "/received/$received", params: { received: run.share } }));
  return (
    <Page
      title={text.title(run.share)}
      lead={provided ? `${text.titleMode[run.mode]}, ${run.recipient}` : text.titleMode[run.mode]}
      beside={<SnapshotBadge status={status} testId="snapshot-status" />}
      back={{ label: run.share, onBack: back }}
      commands={
        running ? (
          <RunCommands run={run} status={status} onCancel={() => setCancelling(true)} />
        ) : (
          <>
            {!provided && <Again run={run} />}
            {!isRunning(run.status) && run.status !== "NeedsAttention" && <RunReceipt run={run} />}
            <ExportMenu size="medium" name={`${text.title(run.share)} ${run.started_at.slice(0, 10)}`} table={() => reportTable(run)} />
          </>
        )
      }
    >
      {running ? <Running run={run} progress={progress} /> : <Outcome run={run} />}
      <Failures failures={run.failures} />
      {cancelling && running && <CancelDialog run={run} onClose={() => setCancelling(false)} />}
    </Page>
  );
}

/** The next run brings what did not arrive. */
function Again({ run }: { run: Snapshot }) {
  const { snapshots: text } = useText();
  const navigate = useNavigate();
  const wayOut = useWayOut();
  const start = useChange("snapshot_retry");
  const wentWrong = run.status === "Failed" || run.status === "PartlySucceeded" || run.status === "Cancelled";
  const again = () =>
    start.mutate(
      { snapshot_id: run.snapshot_id },
      { onSuccess: ({ snapshot_id: snapshot }) => void navigate({ to: "/activity/$snapshot", params: { snapshot } }) },
    );
  const open = () => void navigate({ to: "/received/$received", params: { received: run.share } });
  return (
    <>
      {run.status === "NeedsAttention" && run.options.mirror === "on" && <Guard run={run} />}
      {wentWrong && (
        <Button appearance="primary" icon={<ArrowSyncRegular />} title={text.retryHint} disabled={start.isPending} onClick={again} data-testid="snapshot-retry">
          {text.retry}
        </Button>
      )}
      <Button onClick={open} data-testid="snapshot-open-received">
        {text.backToShare}
      </Button>
      {start.error && (
        <div style={{ flexBasis: "100%" }}>
          <ErrorPanel error={start.error} onRetry={again} onLeave={wayOut} />
        </div>
      )}
    </>
  );
}

function CancelDialog({ run, onClose }: { run: Snapshot; onClose: () => void }) {
  const { snapshots: text } = useText();
  const cancel = useChange("snapshot_cancel");
  const confirm = () => cancel.mutate({ snapshot_id: run.snapshot_id }, { onSuccess: onClose });
  return (
    <ConfirmDialog
      title={text.cancelTitle} does={text.cancelDoes} doesNot={text.cancelDoesNot} confirm={text.cancelConfirm} dismiss={text.keepRunning}
      busy={cancel.isPending} error={cancel.error} onConfirm={confirm} onClose={onClose} testId="snapshot-cancel-dialog"
    />
  );
}
