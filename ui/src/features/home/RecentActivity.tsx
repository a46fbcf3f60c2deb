import { Button } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import { useRead } from "~/api/queries";
import { Loaded } from "~/components/Loading";
import { Card, Muted } from "~/components/layout";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { useText } from "~/text";

const SHOWN = 5;

export function RecentActivity() {
  const text = useText().home;
  const navigate = useNavigate();
  const activity = useRead("activity", {});
  const some = (activity.data?.length ?? 0) > 0;
  return (
    <Card
      title={text.recent}
      actions={
        some && (
          <Button size="small" appearance="subtle" onClick={() => void navigate({ to: "/activity" })}>
            {text.allActivity}
          </Button>
        )
      }
    >
      <Loaded query={activity}>
        {(runs) => (runs.length === 0 ? <Muted>{text.recentEmpty}</Muted> : <SnapshotTable name={text.recent} snapshots={runs.slice(0, SHOWN)} subject="share" />)}
      </Loaded>
    </Card>
  );
}
