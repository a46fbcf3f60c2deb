import { HistoryRegular } from "@fluentui/react-icons";

import { useRead } from "~/api/queries";
import { Loaded } from "~/components/Loading";
import { EmptyState } from "~/components/layout";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { useText } from "~/text";

export function HistoryTab({ received }: { received: string }) {
  const { received: text } = useText();
  const runs = useRead("snapshot_list", { received });
  return (
    <Loaded query={runs}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon={<HistoryRegular />} title={text.noHistoryTitle} body={text.noHistoryBody} />
        ) : (
          <SnapshotTable name={text.tabs.history} snapshots={list} subject="mode" testId="history-list" />
        )
      }
    </Loaded>
  );
}
