import { Badge, Button, MessageBar, MessageBarBody, Spinner } from "@fluentui/react-components";
import { AddRegular, ArrowUploadRegular, DatabaseRegular, DismissRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { Dataset, PublishResult, ShareDetails } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { type Column, DataTable } from "~/components/DataTable";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Amount, Time } from "~/components/Time";
import { Bullets, EmptyState, Muted, Row, Truncate } from "~/components/layout";
import { useText } from "~/text";

import { AddDatasetsDialog } from "./AddDatasetsDialog";

export function DatasetsTab({ share }: { share: ShareDetails }) {
  const { datasets: text, approvals, kinds, common } = useText();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Dataset>();
  const publish = useChange("publish");
  const run = () => publish.mutate({ share: share.id, dataset: null });
  const publishable = share.datasets.some(({ delivery }) => delivery === "published");
  const addButton = (
    <Button icon={<AddRegular />} onClick={() => setAdding(true)} data-testid="dataset-add">
      {text.add}
    </Button>
  );
  const columns: Column<Dataset>[] = [
    {
      key: "name", header: text.name, width: "minmax(0, 1.6fr)",
      cell: (dataset) => (
        <>
          <Row gap={8}>
            <Truncate>{dataset.name}</Truncate>
            {dataset.sensitive && <Badge appearance="tint" color="warning">{approvals.sensitive}</Badge>}
          </Row>
          <Muted small>
            <Truncate>{`${kinds.dataset[dataset.kind]}, ${dataset.connection}/${dataset.path}`}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "size", header: text.size, width: "150px", priority: "middle", cell: ({ files, bytes }) => <Amount files={files} bytes={bytes} /> },
    { key: "delivery", header: text.delivery, width: "minmax(0, 1fr)", priority: "low", cell: ({ delivery }) => <span title={kinds.deliveryHint[delivery]}>{kinds.delivery[delivery]}</span> },
    { key: "published", header: text.published, width: "120px", cell: ({ delivery, published_at: at }) => (delivery === "direct" ? "–" : <Time at={at} otherwise={text.notPublished} />) },
    {
      key: "actions", header: common.remove, width: "32px", hideHeader: true, align: "end",
      cell: (dataset) => (
        <Button appearance="subtle" icon={<DismissRegular />} aria-label={`${common.remove} ${dataset.name}`} onClick={() => setRemoving(dataset)} data-testid="dataset-remove" />
      ),
    },
  ];
  return (
    <>
      {share.datasets.length > 0 && (
        <Row>
          {addButton}
          {publishable && (
            <Button icon={publish.isPending ? <Spinner size="tiny" /> : <ArrowUploadRegular />} disabled={publish.isPending} onClick={run} data-testid="share-publish">
              {publish.isPending ? text.publishing : text.publish}
            </Button>
          )}
        </Row>
      )}
      {publish.error && <ErrorPanel error={publish.error} onRetry={run} />}
      {publish.data && !publish.isPending && <Published result={publish.data} />}
      {share.datasets.length === 0 ? (
        <EmptyState icon={<DatabaseRegular />} title={text.emptyTitle} body={text.emptyBody}>
          {addButton}
        </EmptyState>
      ) : (
        <DataTable name={text.name} rows={share.datasets} columns={columns} rowKey={({ id }) => id} testId="dataset-list" />
      )}
      {adding && <AddDatasetsDialog share={share} onClose={() => setAdding(false)} />}
      {removing && <RemoveDataset share={share} dataset={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

function Published({ result }: { result: PublishResult }) {
  const text = useText().datasets;
  const changed = result.datasets.filter((dataset) => dataset.changed);
  return (
    <MessageBar intent="success" layout="multiline" data-testid="publish-result" role="status">
      <MessageBarBody>
        {changed.length === 0 ? text.publishedNothing : <Bullets items={changed.map(({ name, added, updated, removed }) => text.publishedResult(name, added, updated, removed))} />}
      </MessageBarBody>
    </MessageBar>
  );
}

function RemoveDataset({ share, dataset, onClose }: { share: ShareDetails; dataset: Dataset; onClose: () => void }) {
  const { datasets: text, common } = useText();
  const remove = useChange("dataset_remove");
  const confirm = () => remove.mutate({ share: share.id, dataset: dataset.id }, { onSuccess: onClose });
  return (
    <ConfirmDialog
      title={text.removeTitle(dataset.name)} does={text.removeDoes} doesNot={text.removeDoesNot} confirm={common.remove}
      busy={remove.isPending} error={remove.error} onConfirm={confirm} onClose={onClose}
    />
  );
}
