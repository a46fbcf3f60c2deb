import { MessageBar, MessageBarBody } from "@fluentui/react-components";

import { useRead } from "~/api/queries";
import type { InvitationPreview, OfferedDataset } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { SafetyCode } from "~/components/SafetyCode";
import { Amount, DateOnly } from "~/components/Time";
import { Card, Facts, Muted, Truncate } from "~/components/layout";
import { CompareButton } from "~/parts/SafetyCompare";
import { scheduleWords } from "~/parts/schedule";
import { useText } from "~/text";

/** Who offers what, and until when. */
export function Offer({ preview }: { preview: InvitationPreview }) {
  const words = useText();
  const { invitation: text, datasets, kinds, shares } = words;
  const status = useRead("workspace_status", {});
  const mine = status.data?.card?.email;
  const foreign = mine !== undefined && mine.toLowerCase() !== preview.email.toLowerCase();
  const { provider } = preview;
  const columns: Column<OfferedDataset>[] = [
    { key: "name", header: datasets.name, width: "minmax(0, 2fr)", cell: ({ name }) => <Truncate>{name}</Truncate> },
    { key: "kind", header: datasets.kind, width: "96px", priority: "middle", cell: ({ kind }) => kinds.dataset[kind] },
    { key: "size", header: datasets.size, width: "160px", cell: ({ files, bytes }) => <Amount files={files} bytes={bytes} /> },
  ];
  return (
    <>
      {foreign && preview.status === "Pending" && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{text.notYou(preview.email)}</MessageBarBody>
        </MessageBar>
      )}
      <Card>
        <Facts
          facts={[
            { label: text.from, value: `${provider.name}, ${provider.organisation} (${provider.email})` },
            { label: text.safetyCode, value: <SafetyCode code={provider.safety_code} testId="invitation-safety-code" /> },
            { label: text.madeOutTo, value: preview.email },
            { label: shares.kind, value: kinds.share[preview.share.kind] },
            { label: words.schedule.title, value: preview.snapshot_schedule && scheduleWords(preview.snapshot_schedule.schedule, words), hidden: preview.snapshot_schedule === null },
            { label: text.validUntil, value: <DateOnly at={preview.expires_at} /> },
          ]}
        />
        <Muted small>{text.safetyHint}</Muted>
        <CompareButton other={{ name: provider.name, organisation: provider.organisation, code: provider.safety_code, side: "provider" }} />
      </Card>
      <Card title={text.contents}>
        <DataTable name={text.contents} rows={preview.datasets} columns={columns} rowKey={({ name }) => name} testId="offered-datasets" />
      </Card>
    </>
  );
}
