import {
  AddRegular, ArrowDownloadRegular, DocumentCheckmarkRegular, DocumentRegular, HistoryRegular, HomeRegular, KeyboardRegular, MailInboxRegular, PersonAvailableRegular, PersonRegular, PlugConnectedRegular, SendRegular,
  SettingsRegular,
} from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useRead } from "~/api/queries";
import { Palette, type PaletteItem } from "~/components/Palette";
import { useCalm } from "~/parts/calm";
import { setLanguageChoice } from "~/parts/language";
import { setThemeChoice } from "~/parts/theme";
import { LANGUAGE_NAMES, type Language, useText } from "~/text";

import { type ShortcutName, keysOf } from "./shortcuts";

/** Recipients are asked for from this many letters on, and so many. */
const LETTERS = 2;
const MOST_PEOPLE = 30;

type FinderProps = { onShortcut: (name: ShortcutName) => void; onClose: () => void };

/** Everything that can be found by name: actions, pages, shares, recipients, received shares, connections, settings. */
export function Finder({ onShortcut, onClose }: FinderProps) {
  const text = useText().palette;
  const [words, setWords] = useState("");
  const things = useThings();
  const people = usePeople(words);
  const actions = useActions(onShortcut);
  return (
    <Palette label={text.label} placeholder={text.placeholder} nothing={text.nothing} items={[...actions, ...things, ...people]} onType={setWords} onClose={onClose} />
  );
}

const PAGES: [ShortcutName & keyof ReturnType<typeof useText>["nav"], ReactElement][] = [
  ["home", <HomeRegular key="home" />], ["sent", <SendRegular key="sent" />], ["received", <ArrowDownloadRegular key="received" />], ["invitations", <MailInboxRegular key="invitations" />],
  ["activity", <HistoryRegular key="activity" />], ["connections", <PlugConnectedRegular key="connections" />], ["settings", <SettingsRegular key="settings" />],
];

function useActions(onShortcut: (name: ShortcutName) => void): PaletteItem[] {
  const { palette: text, nav, shares, openInvitation, connections, settings, shortcuts, receipts, moving, approvals } = useText();
  const navigate = useNavigate();
  const action = (name: ShortcutName, label: string, icon: ReactElement, group: string): PaletteItem => ({ key: name, group, label, icon, keys: keysOf(name, shortcuts.control), run: () => onShortcut(name) });
  const setting = (key: string, label: string, detail: string, run: () => void): PaletteItem => ({ key, group: text.settings, label, detail, icon: <SettingsRegular />, run });
  return [
    action("newShare", shares.create, <AddRegular />, text.actions),
    action("openInvitation", openInvitation.title, <MailInboxRegular />, text.actions),
    { key: "addConnection", group: text.actions, label: connections.addTitle, icon: <PlugConnectedRegular />, run: () => void navigate({ to: "/connections/new" }) },
    { key: "checkReceipt", group: text.actions, label: receipts.title, icon: <DocumentCheckmarkRegular />, run: () => void navigate({ to: "/receipt" }) },
    { key: "approvals", group: text.actions, label: approvals.open, icon: <PersonAvailableRegular />, run: () => void navigate({ to: "/approvals" }) },
    action("keys", shortcuts.title, <KeyboardRegular />, text.actions),
    ...PAGES.map(([name, icon]) => action(name, nav[name], icon, text.pages)),
    ...(["secrets", "rules", "notifications"] as const).map((tab) => setting(`settings-${tab}`, settings.tabs[tab], settings.title, () => void navigate({ to: "/settings", search: { tab } }))),
    setting("moveWorkspace", moving.title, settings.tabs.secrets, () => void navigate({ to: "/settings", search: { tab: "secrets" } })),
    ...(["system", "light", "dark", "contrast"] as const).map((theme) => setting(`theme-${theme}`, settings.themes[theme], settings.theme, () => setThemeChoice(theme))),
    ...(Object.keys(LANGUAGE_NAMES) as Language[]).map((language) => setting(`language-${language}`, LANGUAGE_NAMES[language], settings.language, () => setLanguageChoice(language))),
  ];
}

function useThings(): PaletteItem[] {
  const { palette: text } = useText();
  const navigate = useNavigate();
  const shares = useRead("share_list", {}).data ?? [];
  const received = useRead("received_list", {}).data ?? [];
  const connections = useRead("connection_list", {}).data ?? [];
  return [
    ...shares.map(({ id, name, description }) => ({ key: `share-${id}`, group: text.shares, label: name, detail: description, icon: <SendRegular />, run: () => void navigate({ to: "/sent/$share", params: { share: id } }) })),
    ...received.map(({ id, name, provider }) => ({
      key: `received-${id}`, group: text.received, label: name, detail: `${provider.name}, ${provider.organisation}`, icon: <ArrowDownloadRegular />, run: () => void navigate({ to: "/received/$received", params: { received: id } }),
    })),
    ...connections.map(({ id, name, address }) => ({ key: `connection-${id}`, group: text.connections, label: name, detail: address, icon: <DocumentRegular />, run: () => void navigate({ to: "/connections/$connection", params: { connection: id } }) })),
  ];
}

/** Recipients are looked for by the application: there may be more of them than the window holds. */
function usePeople(typed: string): PaletteItem[] {
  const { palette: text } = useText();
  const navigate = useNavigate();
  const words = useCalm(typed.trim());
  const people = useRead("recipient_find", { words, most: MOST_PEOPLE }, { enabled: words.length >= LETTERS, keepFormer: true, gcTime: 0 });
  if (typed.trim().length < LETTERS) return [];
  return (people.data ?? []).map(({ share_id: share, share: shareName, recipient_id: id, name, email, organisation }) => ({
    key: `recipient-${id}`, group: text.recipients, label: name ?? email, detail: [name === null ? null : email, organisation, shareName].filter(Boolean).join(", "), icon: <PersonRegular />,
    run: () => void navigate({ to: "/sent/$share", params: { share }, search: { tab: "recipients" } }),
  }));
}
