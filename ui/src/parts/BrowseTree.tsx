import { Button, Checkbox, SearchBox } from "@fluentui/react-components";
import { BoxRegular, ChevronDownRegular, ChevronRightRegular, DocumentRegular, FolderRegular, TableRegular } from "@fluentui/react-icons";
import { useMemo, useState } from "react";

import type { BrowseEntry, EntryKind } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { formatBytes, formatCount } from "~/lib/bytes";
import { found } from "~/lib/find";
import { useText } from "~/text";

import styles from "./BrowseTree.module.css";
import { FilePreviewDialog, hasRows } from "./FilePreviewDialog";
import { useCalm } from "./calm";
import { type OpenedLevel, useLevel } from "./level";
import { useWayOut } from "./way-out";

const ICONS: Record<EntryKind, React.ReactNode> = { container: <BoxRegular />, folder: <FolderRegular />, file: <DocumentRegular /> };

/** As many entries are drawn at once. */
const STEP = 200;
/** More than so many are searched by the application, so that typing stays quick. */
const SEARCHED_HERE = 20_000;
/** From how many entries on a search helps. */
const SEARCH_FROM = 30;

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
  const { connections: text } = useText();
  const leave = useWayOut();
  const [words, setWords] = useState("");
  const level = useLevel(connection, path);
  const place = { connection, selection, covered };
  return (
    <Loaded query={level.query} onLeave={leave}>
      {({ entries, more }) => (
        <>
          {entries.length === 0 && !more && <p className={styles.note}>{path === "" ? text.browseEmptyTop : text.browseEmpty}</p>}
          {entries.length > SEARCH_FROM && (
            <SearchBox size="small" className={styles.search} placeholder={text.searchFolder} aria-label={text.searchFolder} value={words} onChange={(_, { value }) => setWords(value)} data-testid={`tree-search-${path}`} />
          )}
          {words.trim() === "" ? (
            <Entries entries={entries} more={more} level={level} {...place} />
          ) : more || entries.length > SEARCHED_HERE ? (
            <SearchedLevel path={path} words={words} {...place} />
          ) : (
            <FoundHere entries={entries} words={words} level={level} {...place} />
          )}
        </>
      )}
    </Loaded>
  );
}

type Place = Omit<LevelProps, "path">;

/** Everything was read: the search is done at once. */
function FoundHere({ entries, words, level, ...place }: Place & { entries: readonly BrowseEntry[]; words: string; level: OpenedLevel }) {
  const shown = useMemo(() => found(words, entries, ({ name }) => name), [words, entries]);
  return <Entries key={words} entries={shown} more={false} level={level} {...place} />;
}

/** The folder is too large to be here whole: the application looks through it. */
function SearchedLevel({ path, words, ...place }: LevelProps & { words: string }) {
  const leave = useWayOut();
  const calm = useCalm(words.trim());
  const level = useLevel(place.connection, path, calm);
  return (
    <Loaded query={level.query} onLeave={leave}>
      {({ entries, more }) => <Entries key={calm} entries={entries} more={more} level={level} searching {...place} />}
    </Loaded>
  );
}

type EntriesProps = Place & { entries: readonly BrowseEntry[]; more: boolean; level: OpenedLevel; searching?: boolean };

/** A stretch of the entries, and the ways to the ones before and after. What was not read yet is read on the way. */
function Entries({ entries, more, level, searching = false, ...place }: EntriesProps) {
  const { connections: text, common } = useText();
  const [from, setFrom] = useState(0);
  const to = Math.min(from + STEP, entries.length);
  const last = to >= entries.length;
  const count = (number: number) => formatCount(number, common.locale);
  const later = () => {
    const next = from + STEP;
    // A stretch that is not full is filled first.
    if (next < entries.length) setFrom(next);
    else void level.readOn().then((length) => to === next && length > next && setFrom(next));
  };
  return (
    <>
      {searching && entries.length === 0 && <p className={styles.note}>{more ? text.searchNothingYet : text.searchNothing}</p>}
      <ul className={styles.list}>
        {entries.slice(from, to).map((entry) => (
          <Entry key={entry.path} entry={entry} {...place} />
        ))}
      </ul>
      {(entries.length > STEP || more) && (
        <div className={styles.pager}>
          <span role="status">{entries.length > 0 && (more ? text.rangeOfMore(count(from + 1), count(to)) : text.rangeOf(count(from + 1), count(to), count(entries.length)))}</span>
          <Button size="small" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - STEP))} data-testid="tree-earlier">
            {text.earlier}
          </Button>
          <Button size="small" disabled={(last && !more) || level.reading} onClick={later} data-testid="tree-later">
            {searching && last ? text.searchOn : text.later}
          </Button>
          {!searching && (more || !last) && (
            <Button size="small" appearance="subtle" disabled={level.reading} onClick={() => void level.readToEnd().then((length) => setFrom(Math.floor(Math.max(0, length - 1) / STEP) * STEP))} data-testid="tree-end">
              {level.reading ? text.reading(count(entries.length)) : text.toEnd}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

type EntryProps = Place & { entry: BrowseEntry };

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
