import { Button, Checkbox, SearchBox } from "@fluentui/react-components";
import { BoxRegular, ChevronDownRegular, ChevronRightRegular, DocumentRegular, FolderRegular, TableRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { BrowseEntry, EntryKind } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { formatBytes, formatCount } from "~/lib/bytes";
import { found } from "~/lib/find";
import { useText } from "~/text";

import styles from "./BrowseTree.module.css";
import { FilePreviewDialog, hasRows } from "./FilePreviewDialog";
import { useWayOut } from "./way-out";

const ICONS: Record<EntryKind, React.ReactNode> = { container: <BoxRegular />, folder: <FolderRegular />, file: <DocumentRegular /> };

/** As many entries are drawn at first, and with each step. */
const STEP = 200;
/** From how many entries on a search helps. */
const SEARCH_FROM = 30;
/** As many as are asked for at most. */
const MOST = 100_000;

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
  const { connections: text, common } = useText();
  const leave = useWayOut();
  const [shown, setShown] = useState(STEP);
  const [limit, setLimit] = useState<number | null>(null);
  const [words, setWords] = useState("");
  const level = useRead("connection_browse", { connection, path, limit }, { keepFormer: true });
  return (
    <Loaded query={level} onLeave={leave}>
      {({ entries, truncated }) => (
        <>
          {entries.length === 0 && <p className={styles.note}>{path === "" ? text.browseEmptyTop : text.browseEmpty}</p>}
          {entries.length > SEARCH_FROM && (
            <SearchBox size="small" className={styles.search} placeholder={text.searchFolder} aria-label={text.searchFolder} value={words} onChange={(_, { value }) => setWords(value)} data-testid={`tree-search-${path}`} />
          )}
          <Entries entries={found(words, entries, ({ name }) => name)} shown={shown} onMore={() => setShown(shown + STEP)} connection={connection} selection={selection} covered={covered} />
          {truncated && (
            <p className={styles.note}>
              {text.truncated(formatCount(entries.length, common.locale))}{" "}
              {entries.length < MOST && (
                <Button size="small" disabled={level.isFetching} onClick={() => setLimit(Math.min(MOST, entries.length * 10))} data-testid={`tree-load-${path}`}>
                  {text.loadMore}
                </Button>
              )}
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}

type EntriesProps = Omit<LevelProps, "path"> & { entries: readonly BrowseEntry[]; shown: number; onMore: () => void };

function Entries({ entries, shown, onMore, ...place }: EntriesProps) {
  const { connections: text, common } = useText();
  const left = entries.length - shown;
  return (
    <>
      <ul className={styles.list}>
        {entries.slice(0, shown).map((entry) => (
          <Entry key={entry.path} entry={entry} {...place} />
        ))}
      </ul>
      {left > 0 && (
        <p className={styles.note}>
          <Button size="small" onClick={onMore} data-testid="tree-more">
            {text.showMore(formatCount(left, common.locale))}
          </Button>
        </p>
      )}
    </>
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
