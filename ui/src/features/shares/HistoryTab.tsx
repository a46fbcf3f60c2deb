import { HistoryRegular } from "@fluentui/react-icons";

import { useRead } from "~/api/queries";
import type { ShareDetails } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { EmptyState } from "~/components/layout";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { useText } from "~/text";

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
          <SnapshotTable name={shares.tabs.history} snapshots={runs} subject="recipient" testId="history-list" />
        )
      }
    </Loaded>
  );
}
