import { Button, Checkbox } from "@fluentui/react-components";
import { BoxRegular, ChevronDownRegular, ChevronRightRegular, DocumentRegular, FolderRegular, TableRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { BrowseEntry, EntryKind } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { formatBytes } from "~/lib/bytes";
import { useText } from "~/text";

import styles from "./BrowseTree.module.css";
import { FilePreviewDialog, hasRows } from "./FilePreviewDialog";
import { useWayOut } from "./way-out";

const ICONS: Record<EntryKind, React.ReactNode> = { container: <BoxRegular />, folder: <FolderRegular />, file: <DocumentRegular /> };

type Selection = { chosen: ReadonlySet<string>; onToggle: (entry: BrowseEntry, chosen: boolean) => void };

type BrowseTreeProps = {
  connection: string;
  /** With tick boxes, when given. */
  selection?: Selection;
  testId?: string;
};

/** What is in a connection, level by level as it is opened. A nested list of disclosures: Tab and Enter are all it takes. */
export function BrowseTree({ connection, selection, testId }: BrowseTreeProps) {
  return (
    <div data-testid={testId}>
      <Level connection={connection} path="" selection={selection} covered={false} />
    </div>
  );
}

type LevelProps = {
  connection: string;
  path: string;
  selection: Selection | undefined;
  /** A folder above is chosen, so everything here belongs to it. */
  covered: boolean;
};

function Level({ connection, path, selection, covered }: LevelProps) {
  const text = useText().connections;
  const leave = useWayOut();
  const level = useRead("connection_browse", { connection, path });
  return (
    <Loaded query={level} onLeave={leave}>
      {({ entries, truncated }) => (
        <>
          {entries.length === 0 && <p className={styles.note}>{path === "" ? text.browseEmptyTop : text.browseEmpty}</p>}
          <ul className={styles.list}>
            {entries.map((entry) => (
              <Entry key={entry.path} connection={connection} entry={entry} selection={selection} covered={covered} />
            ))}
          </ul>
          {truncated && <p className={styles.note}>{text.truncated}</p>}
        </>
      )}
    </Loaded>
  );
}

type EntryProps = Omit<LevelProps, "path"> & { entry: BrowseEntry };

function Entry({ connection, entry, selection, covered }: EntryProps) {
  const { connections: text, preview, common } = useText();
  const [looking, setLooking] = useState(false);
  const [open, setOpen] = useState(false);
  const chosen = covered || (selection?.chosen.has(entry.path) ?? false);
  const expandable = entry.kind !== "file";
  return (
    <li>
      <div className={styles.line}>
        {expandable ? (
          <Button
            appearance="subtle"
            size="small"
            icon={open ? <ChevronDownRegular /> : <ChevronRightRegular />}
            aria-expanded={open}
            aria-label={open ? text.collapse(entry.name) : text.expand(entry.name)}
            onClick={() => setOpen(!open)}
            data-testid={`tree-open-${entry.path}`}
          />
        ) : (
          <span className={styles.spacer} />
        )}
        {selection && (
          <Checkbox
            aria-label={text.choose(entry.name)}
            checked={chosen}
            disabled={covered}
            onChange={(_, { checked }) => selection.onToggle(entry, checked === true)}
            data-testid={`tree-${entry.path}`}
          />
        )}
        <span className={styles.icon} aria-hidden>
          {ICONS[entry.kind]}
        </span>
        <span className={styles.name} title={entry.name}>
          {entry.name}
        </span>
        {entry.kind === "file" && hasRows(entry.name) && (
          <Button appearance="subtle" size="small" icon={<TableRegular />} aria-label={preview.open(entry.name)} title={preview.open(entry.name)} onClick={() => setLooking(true)} data-testid={`tree-preview-${entry.path}`} />
        )}
        {entry.size !== null && <span className={styles.size}>{formatBytes(entry.size, common.locale)}</span>}
      </div>
      {looking && <FilePreviewDialog connection={connection} path={entry.path} onClose={() => setLooking(false)} />}
      {open && (
        <div className={styles.under}>
          <Level connection={connection} path={entry.path} selection={selection} covered={chosen} />
        </div>
      )}
    </li>
  );
}
