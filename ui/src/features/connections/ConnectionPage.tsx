import { Button, Spinner } from "@fluentui/react-components";
import { DeleteRegular, FolderOpenRegular, PlugConnectedCheckmarkRegular } from "@fluentui/react-icons";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { Connection } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { DateOnly } from "~/components/Time";
import { Card, Facts } from "~/components/layout";
import { BrowseTree } from "~/parts/BrowseTree";
import { CheckResult } from "~/parts/CheckResult";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

export function ConnectionPage() {
  const { connection: id } = useParams({ from: "/connections/$connection" });
  const { connections: text, common } = useText();
  const navigate = useNavigate();
  const list = useRead("connection_list", {});
  const connection = list.data?.find((one) => one.id === id);
  const back = { label: text.title, onBack: () => void navigate({ to: "/connections" }) };
  if (connection) return <Opened key={connection.id} connection={connection} back={back} />;
  return (
    <Page title={list.isSuccess ? common.notFoundTitle : text.title} back={back}>
      <Loaded query={list}>{() => <p>{common.notFoundBody}</p>}</Loaded>
    </Page>
  );
}

type OpenedProps = { connection: Connection; back: { label: string; onBack: () => void } };

function Opened({ connection, back }: OpenedProps) {
  const { connections: text, kinds, common } = useText();
  const backend = useBackend();
  const [removing, setRemoving] = useState(false);
  const [asked, setAsked] = useState(false);
  const check = useRead("connection_test", { connection: connection.id }, { enabled: asked, gcTime: 0 });
  const test = () => (asked ? void check.refetch() : setAsked(true));
  const { settings } = connection;
  const commands = (
    <>
      <Button icon={check.isFetching ? <Spinner size="tiny" /> : <PlugConnectedCheckmarkRegular />} disabled={check.isFetching} onClick={test} data-testid="connection-test">
        {check.isFetching ? text.testing : text.test}
      </Button>
      {settings.kind === "folder" && (
        <Button icon={<FolderOpenRegular />} onClick={() => void backend.openFolder(settings.path)}>
          {common.showFolder}
        </Button>
      )}
      <Button icon={<DeleteRegular />} onClick={() => setRemoving(true)} data-testid="connection-remove">
        {text.remove}
      </Button>
    </>
  );
  return (
    <Page title={connection.name} back={back} commands={commands}>
      {check.data && !check.isFetching && <CheckResult check={check.data} />}
      {check.error && <ErrorPanel error={check.error} onRetry={test} />}
      <Card>
        <Facts
          facts={[
            { label: text.kind, value: kinds.connection[settings.kind] },
            { label: text.address, value: connection.address },
            { label: text.credential, value: kinds.credential[connection.credential], hidden: settings.kind === "folder" },
            { label: text.usedBy, value: connection.used_by.join(", ") || text.notUsed },
            { label: text.created, value: <DateOnly at={connection.created_at} /> },
          ]}
        />
      </Card>
      <Card title={text.browseTitle}>
        <BrowseTree connection={connection.id} testId="connection-tree" />
      </Card>
      {removing && <RemoveDialog connection={connection} onClose={() => setRemoving(false)} onRemoved={back.onBack} />}
    </Page>
  );
}

type RemoveDialogProps = { connection: Connection; onClose: () => void; onRemoved: () => void };

function RemoveDialog({ connection, onClose, onRemoved }: RemoveDialogProps) {
  const text = useText().connections;
  const remove = useChange("connection_remove");
  const notify = useNotify();
  const used = connection.used_by.length > 0;
  const confirm = () =>
    remove.mutate(
      { connection: connection.id },
      {
        onSuccess: () => {
          notify(text.removed(connection.name));
          onRemoved();
        },
      },
    );
  return (
    <ConfirmDialog
      title={text.removeTitle(connection.name)}
      does={used ? [text.removeUsed(connection.used_by.join(", "))] : text.removeDoes}
      doesNot={text.removeDoesNot}
      confirm={text.remove}
      busy={remove.isPending || used}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
