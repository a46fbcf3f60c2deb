import { Button, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { SnapshotPlan } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Amount } from "~/components/Time";
import { Bullets, Card, Facts, Muted } from "~/components/layout";
import { useText } from "~/text";

/** What a snapshot would bring, before it is taken. */
export function SinceLast({ received, first }: { received: string; first: boolean }) {
  const { received: text } = useText();
  const [asked, setAsked] = useState(false);
  const plan = useRead("snapshot_plan", { received, mode: first ? "full" : "incremental", datasets: [] }, { enabled: asked, gcTime: 0 });
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
      {plan.data ? <Plan plan={plan.data} first={first} /> : !plan.error && <Muted>{text.sinceHint}</Muted>}
    </Card>
  );
}

function Plan({ plan: { to_write: write, unchanged, to_delete: gone, conflicts }, first }: { plan: SnapshotPlan; first: boolean }) {
  const { received: text, common } = useText();
  if (!first && write.files === 0 && gone.files === 0 && conflicts.length === 0) return <span>{text.planNothing}</span>;
  return (
    <div data-testid="plan-numbers">
      <Facts
        facts={[
          { label: text.planWrite, value: <Amount files={write.files} bytes={write.bytes} /> },
          { label: text.planUnchanged, value: common.files(unchanged.files), hidden: first },
          { label: text.planDelete, value: common.files(gone.files), hidden: gone.files === 0 },
        ]}
      />
      {conflicts.length > 0 && (
        <>
          <strong>{text.planConflicts(conflicts.length)}</strong>
          <Bullets items={conflicts.slice(0, 10).map(({ path, reason }) => `${path}: ${reason}`)} />
        </>
      )}
    </div>
  );
}
