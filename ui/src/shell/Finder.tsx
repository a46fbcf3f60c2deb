import {
  AddRegular, ArrowDownloadRegular, DocumentRegular, HistoryRegular, HomeRegular, KeyboardRegular, MailInboxRegular, PersonRegular, PlugConnectedRegular, SendRegular,
  SettingsRegular,
} from "@fluentui/react-icons";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import { Palette, type PaletteItem } from "~/components/Palette";
import { setLanguageChoice } from "~/parts/language";
import { setThemeChoice } from "~/parts/theme";
import { LANGUAGE_NAMES, type Language, useText } from "~/text";

import { type ShortcutName, keysOf } from "./shortcuts";

/** Recipients are asked for from this many letters on, and of so many shares. */
const LETTERS = 2;
const SHARES_ASKED = 100;

type FinderProps = { onShortcut: (name: ShortcutName) => void; onClose: () => void };

/** Everything that can be found by name: actions, pages, shares, recipients, received shares, connections, settings. */
export function Finder({ onShortcut, onClose }: FinderProps) {
  const text = useText().palette;
  const [words, setWords] = useState("");
  const things = useThings();
  const people = usePeople(words.trim().length >= LETTERS);
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
  const { palette: text, nav, shares, openInvitation, connections, settings, shortcuts } = useText();
  const navigate = useNavigate();
  const action = (name: ShortcutName, label: string, icon: ReactElement, group: string): PaletteItem => ({ key: name, group, label, icon, keys: keysOf(name, shortcuts.control), run: () => onShortcut(name) });
  const setting = (key: string, label: string, detail: string, run: () => void): PaletteItem => ({ key, group: text.settings, label, detail, icon: <SettingsRegular />, run });
  return [
    action("newShare", shares.create, <AddRegular />, text.actions),
    action("openInvitation", openInvitation.title, <MailInboxRegular />, text.actions),
    { key: "addConnection", group: text.actions, label: connections.addTitle, icon: <PlugConnectedRegular />, run: () => void navigate({ to: "/connections/new" }) },
    action("keys", shortcuts.title, <KeyboardRegular />, text.actions),
    ...PAGES.map(([name, icon]) => action(name, nav[name], icon, text.pages)),
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

function usePeople(wanted: boolean): PaletteItem[] {
  const { palette: text } = useText();
  const backend = useBackend();
  const navigate = useNavigate();
  const shares = (useRead("share_list", {}).data ?? []).slice(0, wanted ? SHARES_ASKED : 0);
  const lists = useQueries({
    queries: shares.map(({ id }) => ({ queryKey: ["recipient_list", { share: id }], queryFn: () => backend.call("recipient_list", { share: id }) })),
  });
  return shares.flatMap((share, index) =>
    (lists[index]?.data ?? []).map(({ recipient_id: id, name, email }) => ({
      key: `recipient-${id}`, group: text.recipients, label: name ?? email, detail: name === null ? share.name : `${email}, ${share.name}`, icon: <PersonRegular />,
      run: () => void navigate({ to: "/sent/$share", params: { share: share.id }, search: { tab: "recipients" } }),
    })),
  );
}
