import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";

import { useRead } from "~/api/queries";
import type { FilePreview } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Muted } from "~/components/layout";
import { lastSegment } from "~/lib/paths";
import { useText } from "~/text";

import styles from "./FilePreviewDialog.module.css";
import { useWayOut } from "./way-out";

/** Files whose rows can be shown. */
export function hasRows(name: string): boolean {
  return /\.(csv|tsv|tab|json|jsonl|ndjson|geojson|parquet|pq)$/i.test(name);
}

type FilePreviewProps = { connection: string; path: string; onClose: () => void };

/** The first rows of a file, so that one knows what one shares. */
export function FilePreviewDialog({ connection, path, onClose }: FilePreviewProps) {
  const { preview: text, common } = useText();
  const leave = useWayOut();
  const preview = useRead("connection_preview", { connection, path }, { gcTime: 0 });
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface} data-testid="file-preview">
        <DialogBody>
          <DialogTitle>{text.title(lastSegment(path))}</DialogTitle>
          <DialogContent>
            <Loaded query={preview} onLeave={leave}>
              {(data) => <Rows preview={data} />}
            </Loaded>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose} data-testid="file-preview-close">
              {common.close}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Rows({ preview: { problem, columns, rows, more } }: { preview: FilePreview }) {
  const { preview: text } = useText();
  if (problem !== null) return <Muted>{text.problems[problem]}</Muted>;
  return (
    <>
      {/* Wide tables scroll, so the keyboard has to get in. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={text.rows}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                // oxlint-disable-next-line react/no-array-index-key
                <th key={index} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={index}>
                {row.map((value, at) => (
                  // oxlint-disable-next-line react/no-array-index-key
                  <td key={at}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Muted small>{more ? text.more(rows.length) : text.all(rows.length)}</Muted>
    </>
  );
}
