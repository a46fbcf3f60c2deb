import { Button, Tooltip } from "@fluentui/react-components";
import {
  ArrowDownloadRegular, HistoryRegular, HomeRegular, MailInboxRegular, NavigationRegular, PlugConnectedRegular, SearchRegular, SendRegular, SettingsRegular,
} from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState, useSyncExternalStore } from "react";

import { useText } from "~/text";

import styles from "./Shell.module.css";
import { useShortcut } from "./Shortcuts";
import { keysOf } from "./shortcuts";

const narrow = window.matchMedia("(max-width: 960px)");

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}

type ItemName = "home" | "sent" | "received" | "invitations" | "activity" | "connections" | "settings";
type Item = { name: ItemName; to: string; icon: ReactElement };

const ITEMS: Item[] = [
  { name: "home", to: "/", icon: <HomeRegular /> },
  { name: "sent", to: "/sent", icon: <SendRegular /> },
  { name: "received", to: "/received", icon: <ArrowDownloadRegular /> },
  { name: "invitations", to: "/invitations", icon: <MailInboxRegular /> },
  { name: "activity", to: "/activity", icon: <HistoryRegular /> },
  { name: "connections", to: "/connections", icon: <PlugConnectedRegular /> },
];
const SETTINGS: Item = { name: "settings", to: "/settings", icon: <SettingsRegular /> };

/** The pages. In a narrow window only their symbols, which open over the content. */
export function Nav() {
  const text = useText();
  const isNarrow = useNarrow();
  const [wideOpen, setWideOpen] = useState(true);
  const [narrowOpen, setNarrowOpen] = useState(false);
  const open = isNarrow ? narrowOpen : wideOpen;
  const toggle = () => (isNarrow ? setNarrowOpen(!narrowOpen) : setWideOpen(!wideOpen));
  useEffect(() => {
    if (!narrowOpen) return undefined;
    const close = (event: KeyboardEvent) => event.key === "Escape" && setNarrowOpen(false);
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [narrowOpen]);
  const overlay = isNarrow && open;
  return (
    <>
      {overlay && <div className={styles.rail} />}
      <nav aria-label={text.nav.label} className={`${styles.nav} ${open ? "" : styles.collapsed} ${overlay ? styles.overlay : ""}`}>
        <div className={styles.brand}>
          <Button
            appearance="subtle"
            size="large"
            icon={<NavigationRegular />}
            aria-expanded={open}
            aria-label={open ? text.nav.collapse : text.nav.expand}
            onClick={toggle}
            data-testid="nav-toggle"
          />
          {open && text.common.appName}
        </div>
        <SearchButton open={open} />
        {[...ITEMS, SETTINGS].map((item) => (
          <NavLink key={item.name} item={item} open={open} onFollow={() => setNarrowOpen(false)} />
        ))}
      </nav>
    </>
  );
}

function SearchButton({ open }: { open: boolean }) {
  const { palette: text, shortcuts } = useText();
  const shortcut = useShortcut();
  const keys = keysOf("palette", shortcuts.control);
  return (
    <button type="button" className={`${styles.item} ${styles.search}`} aria-label={text.label} aria-keyshortcuts="Control+K" title={`${text.label} (${keys})`} onClick={() => shortcut("palette")} data-testid="nav-search">
      <span className={styles.icon} aria-hidden>
        <SearchRegular />
      </span>
      {open && <span className={styles.label}>{text.open}</span>}
      {open && <kbd className={styles.keys}>{keys}</kbd>}
    </button>
  );
}

function NavLink({ item, open, onFollow }: { item: Item; open: boolean; onFollow: () => void }) {
  const label = useText().nav[item.name];
  const link = (
    <Link
      to={item.to}
      activeOptions={{ exact: item.to === "/", includeSearch: false }}
      className={`${styles.item} ${item.name === "settings" ? styles.last : ""}`}
      data-testid={`nav-${item.name}`}
      onClick={onFollow}
      {...(!open && { "aria-label": label })}
    >
      <span className={styles.icon} aria-hidden>
        {item.icon}
      </span>
      {open && <span className={styles.label}>{label}</span>}
    </Link>
  );
  if (open) return link;
  return (
    <Tooltip content={label} relationship="label" positioning="after">
      {link}
    </Tooltip>
  );
}
