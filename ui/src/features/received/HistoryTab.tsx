import { HistoryRegular } from "@fluentui/react-icons";

import { useRead } from "~/api/queries";
import { Loaded } from "~/components/Loading";
import { EmptyState, Muted, Row } from "~/components/layout";
import { ExportMenu } from "~/parts/ExportMenu";
import { HistoryChart } from "~/parts/HistoryChart";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { runsTable } from "~/parts/export-runs";
import { useText } from "~/text";

export function HistoryTab({ received, name }: { received: string; name: string }) {
  const { received: text, history } = useText();
  const runs = useRead("snapshot_list", { received });
  return (
    <Loaded query={runs}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon={<HistoryRegular />} title={text.noHistoryTitle} body={text.noHistoryBody} />
        ) : (
          <>
            <HistoryChart runs={list} now={new Date()} />
            <Row spread>
              <Muted>{history.runs(list.length)}</Muted>
              <ExportMenu name={`${name} ${text.tabs.history}`} table={() => runsTable(list)} />
            </Row>
            <SnapshotTable name={text.tabs.history} snapshots={list} subject="mode" testId="history-list" />
          </>
        )
      }
    </Loaded>
  );
}
