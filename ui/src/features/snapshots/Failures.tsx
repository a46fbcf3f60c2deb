import type { FileFailure } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Muted, Stack, Truncate } from "~/components/layout";
import { useText } from "~/text";

import styles from "./Failures.module.css";

/** Each file that did not arrive, why, and what helps. */
export function Failures({ failures }: { failures: FileFailure[] }) {
  const { snapshots: text } = useText();
  if (failures.length === 0) return null;
  const columns: Column<FileFailure>[] = [
    {
      key: "file", header: text.file, width: "minmax(0, 1fr)",
      cell: ({ path, dataset }) => (
        <>
          <div className={styles.path} title={path}>
            {path}
          </div>
          <Muted small>
            <Truncate>{dataset}</Truncate>
          </Muted>
        </>
      ),
    },
    {
      key: "reason", header: text.reason, width: "minmax(0, 1.6fr)",
      cell: ({ message, hint }) => (
        <div className={styles.reason} lang="en" title={`${message} ${hint}`}>
          {message} <span className={styles.hint}>{hint}</span>
        </div>
      ),
    },
  ];
  return (
    <Stack gap={8}>
      <h2 className={styles.title}>{text.failures}</h2>
      <DataTable name={text.failures} rows={failures} columns={columns} rowKey={({ dataset, path }) => `${dataset}/${path}`} testId="snapshot-failures" />
    </Stack>
  );
}
