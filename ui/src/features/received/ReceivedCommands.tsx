import { Button, Spinner } from "@fluentui/react-components";
import { ArrowSyncRegular, ArrowDownloadRegular, MapRegular, SignOutRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import type { ReceivedDetails, SnapshotMode } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { optionsOf, useRunChoice } from "~/parts/run-options";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

import { OptionsMenu } from "./OptionsMenu";

type ReceivedCommandsProps = { details: ReceivedDetails; onLeave: () => void };

/** What can be done with a received share now. The first snapshot is full, later ones bring what is new. */
export function ReceivedCommands({ details: { summary, mappings, terms_to_accept: changed }, onLeave }: ReceivedCommandsProps) {
  const { received: text } = useText();
  const navigate = useNavigate();
  const wayOut = useWayOut();
  const start = useChange("snapshot_start");
  const options = optionsOf(useRunChoice(summary.id));
  const show = (snapshot: string) => void navigate({ to: "/activity/$snapshot", params: { snapshot } });
  const run = (mode: SnapshotMode) => start.mutate({ received: summary.id, mode, datasets: [], options }, { onSuccess: ({ snapshot_id: id }) => show(id) });
  const first = summary.last_snapshot_at === null;
  const ready = summary.status === "Active" && changed === null && mappings.some(({ status }) => status !== "Unmapped") && !start.isPending;
  const running = summary.running_snapshot;
  // Where the access is over there is nothing to start, and no grey button to wonder about.
  const over = summary.status !== "Active" && summary.status !== "WaitingForProvider";
  return (
    <>
      {running === null && !over && (
        <>
          <Button
            appearance="primary"
            icon={start.isPending ? <Spinner size="tiny" /> : <ArrowDownloadRegular />}
            disabled={!ready}
            title={first ? text.fullHint : text.incrementalHint}
            onClick={() => run(first ? "full" : "incremental")}
            data-testid="snapshot-now"
          >
            {first ? text.full : text.incremental}
          </Button>
          {!first && (
            <Button icon={<ArrowSyncRegular />} disabled={!ready} title={text.fullHint} onClick={() => run("full")} data-testid="snapshot-full">
              {text.full}
            </Button>
          )}
        </>
      )}
      {running !== null && (
        <Button appearance="primary" icon={<Spinner size="tiny" appearance="inverted" />} onClick={() => show(running)} data-testid="snapshot-running">
          {text.showRun}
        </Button>
      )}
      {!over && running === null && <OptionsMenu received={summary.id} />}
      {!over && (
        <Button icon={<MapRegular />} onClick={() => void navigate({ to: "/received/$received/targets", params: { received: summary.id } })} data-testid="mapping-edit">
          {text.editMapping}
        </Button>
      )}
      <Button icon={<SignOutRegular />} onClick={onLeave} data-testid="received-leave">
        {text.leave}
      </Button>
      {start.error && (
        <div style={{ flexBasis: "100%" }}>
          <ErrorPanel error={start.error} onLeave={wayOut} />
        </div>
      )}
    </>
  );
}
