import { Button, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { PlannedFile, SnapshotPlan } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Amount } from "~/components/Time";
import { Bullets, Card, Facts, Muted, Truncate } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { type RunChoice, optionsOf, useRunChoice } from "~/parts/run-options";
import { useText } from "~/text";

import styles from "./SinceLast.module.css";

/** What a snapshot would bring, before it is taken. */
export function SinceLast({ received, first }: { received: string; first: boolean }) {
  const { received: text } = useText();
  const choice = useRunChoice(received);
  const [asked, setAsked] = useState(false);
  const plan = useRead("snapshot_plan", { received, mode: first ? "full" : "incremental", datasets: [], options: optionsOf(choice) }, { enabled: asked, gcTime: 0 });
  const check = () => (asked ? void plan.refetch() : setAsked(true));
  return (
    <Card
      title={first ? text.sinceFirst : text.since}
      actions={
        <Button size="small" icon={plan.isFetching ? <Spinner size="extra-tiny" /> : undefined} disabled={plan.isFetching} onClick={check} data-testid="snapshot-plan">
          {plan.isFetching ? text.sinceChecking : text.sinceCheck}
        </Button>
      }
    >
      {plan.error && <ErrorPanel error={plan.error} onRetry={check} />}
      {plan.data ? <Plan plan={plan.data} first={first} choice={choice} /> : !plan.error && <Muted>{text.sinceHint}</Muted>}
    </Card>
  );
}

function Plan({ plan: { to_write: write, unchanged, to_delete: gone, conflicts, files }, first, choice }: { plan: SnapshotPlan; first: boolean; choice: RunChoice }) {
  const { received: text, common, runOptions } = useText();
  if (!first && write.files === 0 && gone.files === 0 && conflicts.length === 0) return <span>{text.planNothing}</span>;
  return (
    <div data-testid="plan-numbers">
      <Facts
        facts={[
          { label: text.planWrite, value: <Amount files={write.files} bytes={write.bytes} /> },
          { label: text.planUnchanged, value: common.files(unchanged.files), hidden: first },
          { label: runOptions.inPlan, value: <span data-testid="plan-deletes">{common.files(gone.files)}</span>, hidden: !choice.mirror },
          { label: runOptions.summary, value: runOptions.verified, hidden: !choice.verify },
        ]}
      />
      {files.length > 0 && <Files files={files} />}
      {conflicts.length > 0 && (
        <>
          <strong>{text.planConflicts(conflicts.length)}</strong>
          <Bullets items={conflicts.slice(0, 10).map(({ path, reason }) => `${path}: ${reason}`)} />
        </>
      )}
    </div>
  );
}

const FILES_SHOWN = 20;

/** What would be written or deleted, and why. */
function Files({ files }: { files: readonly PlannedFile[] }) {
  const { received: text, common } = useText();
  return (
    <details className={styles.more} data-testid="plan-files">
      <summary>{text.planFiles}</summary>
      <ul className={styles.files}>
        {files.slice(0, FILES_SHOWN).map(({ path, size, reason }) => (
          <li key={path}>
            <Truncate>{path}</Truncate>
            <Muted small>{`${formatBytes(size, common.locale)}, ${text.planReasons[reason ?? "gone"] ?? reason ?? ""}`}</Muted>
          </li>
        ))}
      </ul>
    </details>
  );
}
