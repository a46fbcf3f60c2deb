import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { useBackend } from "~/api/context";
import { type Known, type News, expiryKey, newsBetween } from "~/api/news";
import { progressStore } from "~/api/progress";
import { useRead } from "~/api/queries";
import { isRunning } from "~/components/StatusBadge";
import { shortDate } from "~/lib/time";
import { useDesktopChoice } from "~/parts/desktop";
import { type Text, useText } from "~/text";

/** Of so many received shares the details are watched. */
const WATCHED = 100;
const TOLD_KEY = "datashare.told";

/** Keeps the desktop up to date: notifications, the tray, the task bar. Shows nothing itself. */
export function Desktop() {
  useNotifications();
  useTray();
  return null;
}

function useKnown(): Known | undefined {
  const backend = useBackend();
  const shares = useRead("share_list", {}).data;
  const list = useRead("received_list", {}).data;
  const received = useQueries({
    queries: (list ?? []).slice(0, WATCHED).map(({ id }) => ({ queryKey: ["received_show", { received: id }], queryFn: () => backend.call("received_show", { received: id }) })),
    combine: (answers) => (answers.every(({ data }) => data !== undefined) ? answers.flatMap(({ data }) => data ?? []) : undefined),
  });
  return shares && list && received ? { shares, received } : undefined;
}

function useNotifications(): void {
  const backend = useBackend();
  const text = useText();
  const on = useDesktopChoice("notifications");
  const known = useKnown();
  const former = useRef<Known>(undefined);
  useEffect(() => {
    if (!known) return;
    const before = former.current ?? known;
    former.current = known;
    const told: string[] = JSON.parse(window.localStorage.getItem(TOLD_KEY) ?? "[]");
    for (const news of newsBetween(before, known, new Date(), (one) => told.includes(one))) {
      if (news.kind === "expires") told.push(expiryKey(known.received.find(({ summary }) => summary.name === news.received)?.summary.id ?? "", news.at));
      if (on) void backend.notify(...wordsOf(news, text));
    }
    window.localStorage.setItem(TOLD_KEY, JSON.stringify(told.slice(-200)));
  }, [known, on, backend, text]);
}

/** Title and sentence. */
function wordsOf(news: News, { notices, statuses, common }: Text): [string, string] {
  switch (news.kind) {
    case "accepted":
    case "waiting":
      return [notices[news.kind].title, notices[news.kind].body(news.share)];
    case "ended":
      return [notices.ended.title(statuses.snapshot[news.status]), notices.ended.body(news.received)];
    case "expires":
      return [notices.expires.title, notices.expires.body(news.received, shortDate(news.at, common.locale))];
    default:
      return [notices[news.kind].title, notices[news.kind].body(news.received)];
  }
}

/** All runs together in whole percent; `null` when nothing runs, and 0 while nobody knows how much there is. */
function useRunning(): { count: number; percent: number } | null {
  const value = useSyncExternalStore(progressStore.subscribe, () => {
    const runs = progressStore.all().filter(({ status }) => isRunning(status));
    if (runs.length === 0) return "";
    const total = runs.reduce((sum, { bytes_total: bytes }) => sum + (bytes ?? 0), 0);
    const done = runs.reduce((sum, { bytes_done: bytes }) => sum + bytes, 0);
    return `${runs.length} ${total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100))}`;
  });
  if (value === "") return null;
  const [count = 0, percent = 0] = value.split(" ").map(Number);
  return { count, percent };
}

function useTray(): void {
  const backend = useBackend();
  const { tray: text } = useText();
  const wanted = useDesktopChoice("tray");
  const there = useQuery({ queryKey: ["desktop"], queryFn: () => backend.desktop() }).data?.tray ?? false;
  const running = useRunning();
  const activity = running === null ? text.idle : text.running(running.count, Math.floor(running.percent / 5) * 5);
  useEffect(() => {
    void backend.showTray(wanted && there ? { activity, open: text.open, quit: text.quit } : null);
  }, [backend, wanted, there, activity, text]);
  const percent = running?.percent ?? null;
  useEffect(() => {
    void backend.showProgress(percent);
  }, [backend, percent]);
}
