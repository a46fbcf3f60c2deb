import { HistoryRegular } from "@fluentui/react-icons";

import { useRead } from "~/api/queries";
import type { ShareDetails } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { EmptyState, Muted, Row } from "~/components/layout";
import { ExportMenu } from "~/parts/ExportMenu";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { runsTable } from "~/parts/export-runs";
import { useText } from "~/text";

import { HistoryChart } from "./HistoryChart";

/** Who received what, and when. */
export function HistoryTab({ share }: { share: ShareDetails }) {
  const { history: text, shares } = useText();
  const history = useRead("share_history", { name: share.id, since: null });
  return (
    <Loaded query={history}>
      {(runs) =>
        runs.length === 0 ? (
          <EmptyState icon={<HistoryRegular />} title={text.emptyTitle} body={text.emptyBody} />
        ) : (
          <>
            <HistoryChart runs={runs} now={new Date()} />
            <Row spread>
              <Muted>{text.runs(runs.length)}</Muted>
              <ExportMenu name={`${share.name} ${shares.tabs.history}`} table={() => runsTable(runs)} />
            </Row>
            <SnapshotTable name={shares.tabs.history} snapshots={runs} subject="recipient" testId="history-list" />
          </>
        )
      }
    </Loaded>
  );
}
