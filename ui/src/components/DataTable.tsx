import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type MouseEvent, type ReactNode, useContext, useLayoutEffect, useRef, useState } from "react";

import styles from "./DataTable.module.css";
import { VisuallyHidden } from "./layout";
import { ScrollContext } from "./scroll";

/** From how many rows on only those in sight are drawn. */
const VIRTUAL_FROM = 120;
const ROW_HEIGHT = 52;

export type Column<T> = {
  key: string;
  header: string;
  /** CSS grid track, e.g. `minmax(0, 2fr)` or `120px`. */
  width: string;
  /** When room gets scarce, `low` goes first, then `middle`; `high` always stays. */
  priority?: "high" | "middle" | "low";
  align?: "start" | "end";
  /** The header is for screen readers only. */
  hideHeader?: boolean;
  cell: (row: T) => ReactNode;
};

type DataTableProps<T> = {
  name: string;
  rows: readonly T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** For the mouse: the row as a large target. The first cell must hold the link or button for everyone else. */
  onOpen?: (row: T) => void;
  testId?: string;
};

const priorityClass = { high: "", middle: styles.middle, low: styles.low };

function columnStyle<T>(columns: Column<T>[]): CSSProperties {
  const tracks = (drop: (column: Column<T>) => boolean) => columns.filter((column) => !drop(column)).map(({ width }) => width).join(" ");
  return {
    "--columns": tracks(() => false),
    "--columns-medium": tracks(({ priority }) => priority === "low"),
    "--columns-narrow": tracks(({ priority }) => priority === "low" || priority === "middle"),
  } as CSSProperties;
}

/** A table that keeps to its width, loses columns in order of importance, and draws long lists in part. */
export function DataTable<T>({ name, rows, columns, rowKey, onOpen, testId }: DataTableProps<T>) {
  const long = rows.length >= VIRTUAL_FROM;
  return (
    <div role="table" aria-label={name} aria-rowcount={rows.length + 1} className={styles.table} style={columnStyle(columns)} data-testid={testId}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.header}`}>
          {columns.map((column) => (
            <div role="columnheader" key={column.key} className={cellClass(column)}>
              {column.hideHeader ? <VisuallyHidden>{column.header}</VisuallyHidden> : column.header}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body}>
        {long ? (
          <LongBody rows={rows} columns={columns} rowKey={rowKey} onOpen={onOpen} />
        ) : (
          rows.map((row, index) => <TableRow key={rowKey(row)} row={row} index={index} columns={columns} onOpen={onOpen} />)
        )}
      </div>
    </div>
  );
}

function cellClass<T>({ priority = "high", align }: Column<T>): string {
  return `${styles.cell} ${priorityClass[priority]} ${align === "end" ? styles.end : ""}`;
}

type RowProps<T> = { row: T; index: number; columns: Column<T>[]; onOpen: ((row: T) => void) | undefined; style?: CSSProperties };

function TableRow<T>({ row, index, columns, onOpen, style }: RowProps<T>) {
  const open = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    // Buttons, links, menus and fields in a row do their own thing, also where they live in a portal.
    if (!event.currentTarget.contains(target) || target.closest("a,button,input,select,[role=menuitem]")) return;
    onOpen?.(row);
  };
  return (
    // The link in the first cell is the way for keyboard and screen reader.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div role="row" aria-rowindex={index + 2} className={`${styles.row} ${onOpen ? styles.clickable : ""}`} style={style} onClick={onOpen && open}>
      {columns.map((column) => (
        <div role="cell" key={column.key} className={cellClass(column)}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

type LongBodyProps<T> = Pick<DataTableProps<T>, "rows" | "columns" | "rowKey"> & { onOpen: ((row: T) => void) | undefined };

function LongBody<T>({ rows, columns, rowKey, onOpen }: LongBodyProps<T>) {
  const scroller = useContext(ScrollContext);
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // What stands above the list comes and goes, so its place is looked at each time. (Equal values draw nothing again.)
  // oxlint-disable-next-line react/exhaustive-effect-dependencies, react/exhaustive-deps
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !body.current) return;
    setMargin(Math.round(body.current.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop));
  });
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12, scrollMargin: margin });
  return (
    <div ref={body} role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
      {virtual.getVirtualItems().map(({ index, start, size }) => {
        const row = rows[index];
        if (row === undefined) return null;
        const place: CSSProperties = { position: "absolute", insetInline: 0, height: size, transform: `translateY(${start - margin}px)` };
        return <TableRow key={rowKey(row)} row={row} index={index} columns={columns} onOpen={onOpen} style={place} />;
      })}
    </div>
  );
}
