import { Button, Link } from "@fluentui/react-components";
import { AddRegular, PlugConnectedRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useRead } from "~/api/queries";
import type { Connection } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { EmptyState, Muted, Truncate } from "~/components/layout";
import { useText } from "~/text";

export function ConnectionsPage() {
  const { connections: text, kinds } = useText();
  const navigate = useNavigate();
  const list = useRead("connection_list", {});
  const add = () => void navigate({ to: "/connections/new" });
  const open = ({ id }: Connection) => void navigate({ to: "/connections/$connection", params: { connection: id } });
  const columns: Column<Connection>[] = [
    {
      key: "name", header: text.name, width: "minmax(0, 1.4fr)",
      cell: (one) => (
        <>
          <Link as="button" onClick={() => open(one)} style={{ maxWidth: "100%" }}>
            <Truncate>{one.name}</Truncate>
          </Link>
          <Muted small>
            <Truncate>{kinds.connection[one.settings.kind]}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "address", header: text.address, width: "minmax(0, 1.6fr)", priority: "middle", cell: (one) => <Truncate>{one.address}</Truncate> },
    { key: "used", header: text.usedBy, width: "minmax(0, 1fr)", priority: "low", cell: (one) => <Truncate>{one.used_by.join(", ") || text.notUsed}</Truncate> },
  ];
  const addButton = (
    <Button appearance="primary" icon={<AddRegular />} onClick={add} data-testid="connection-add">
      {text.add}
    </Button>
  );
  const some = (list.data?.length ?? 0) > 0;
  return (
    <Page title={text.title} lead={text.lead} commands={some && addButton}>
      <Loaded query={list}>
        {(connections) =>
          connections.length === 0 ? (
            <EmptyState icon={<PlugConnectedRegular />} title={text.emptyTitle} body={text.emptyBody}>
              {addButton}
            </EmptyState>
          ) : (
            <DataTable name={text.title} rows={connections} columns={columns} rowKey={({ id }) => id} onOpen={open} testId="connection-list" />
          )
        }
      </Loaded>
    </Page>
  );
}
