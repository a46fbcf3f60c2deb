import { Badge, Button } from "@fluentui/react-components";
import { KeyMultipleRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { IssuedToken } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { DateOnly } from "~/components/Time";
import { Card, EmptyState, Muted, Row, Truncate } from "~/components/layout";
import { useText } from "~/text";

import { ExportFile } from "./ExportFile";

/** Every access that was given out for a share, to join with the logs of the storage. */
export function GrantRegister({ share, name }: { share: string; name: string }) {
  const { grants: text } = useText();
  const [open, setOpen] = useState(false);
  return (
    <Card title={text.title} actions={open && <ExportFile command="grant_export" name={share} fileName={`${name} ${text.title}`} />}>
      <Muted>{text.lead}</Muted>
      {open ? (
        <Register share={share} />
      ) : (
        <Row>
          <Button icon={<KeyMultipleRegular />} onClick={() => setOpen(true)} data-testid="grants-open">
            {text.open}
          </Button>
        </Row>
      )}
    </Card>
  );
}

function Register({ share }: { share: string }) {
  const { grants: text } = useText();
  const tokens = useRead("grant_list", { share });
  const columns: Column<IssuedToken>[] = [
    {
      key: "to", header: text.to, width: "minmax(0, 2fr)",
      cell: ({ dataset, scope, signature_sha256: hash }) => (
        <>
          <Truncate title={`${dataset ?? text.mailbox}: ${scope}`}>{dataset ?? text.mailbox}</Truncate>
          <Muted small>
            <Truncate title={`${text.hash}: ${hash}`}>{scope}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "person", header: text.person, width: "minmax(0, 1.4fr)", cell: ({ email }) => <Truncate>{email}</Truncate> },
    { key: "issued", header: text.issued, width: "112px", priority: "low", cell: ({ issued_at: at }) => <DateOnly at={at} /> },
    { key: "until", header: text.until, width: "112px", priority: "middle", cell: ({ expires_at: at, ended_at: ended }) => <DateOnly at={ended ?? at} /> },
    { key: "state", header: text.ended, width: "96px", hideHeader: true, cell: (token) => <State token={token} /> },
  ];
  return (
    <Loaded query={tokens}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState icon={<KeyMultipleRegular />} title={text.emptyTitle} body={text.emptyBody} />
        ) : (
          <>
            <Muted small>{text.count(rows.length)}</Muted>
            <DataTable name={text.title} rows={rows} columns={columns} rowKey={({ token_id: id }) => id} testId="grant-list" />
          </>
        )
      }
    </Loaded>
  );
}

function State({ token: { ended_at: ended, expires_at: end } }: { token: IssuedToken }) {
  const { grants: text } = useText();
  if (ended !== null) return <Badge appearance="tint" color="danger">{text.ended}</Badge>;
  return new Date(end) <= new Date() ? <Badge appearance="tint" color="subtle">{text.over}</Badge> : <Badge appearance="tint" color="success">{text.current}</Badge>;
}
