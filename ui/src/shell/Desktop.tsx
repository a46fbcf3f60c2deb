import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { useBackend } from "~/api/context";
import { progressStore } from "~/api/progress";
import type { HappenedEvent } from "~/backend/bindings/commands";
import { isRunning } from "~/components/StatusBadge";
import { shortDate } from "~/lib/time";
import { isTrayTold, setTrayTold, useDesktopChoice } from "~/parts/desktop";
import { type Text, useText } from "~/text";

/** Keeps the desktop up to date: notifications, the tray, the task bar. Shows nothing itself. */
export function Desktop() {
  useNotifications();
  useTray();
  return null;
}

/** What the rules want told on the desktop, while somebody wants it on this computer; and once, that a closed window is no end. */
function useNotifications(): void {
  const backend = useBackend();
  const text = useText();
  const on = useDesktopChoice("notifications");
  useEffect(
    () =>
      backend.subscribe((heard) => {
        if (!on) return;
        if (heard.event === "happened") void backend.notify(...wordsOf(heard.news, text));
        if (heard.event === "closed-to-tray" && !isTrayTold()) {
          setTrayTold();
          void backend.notify(text.trayHint.title, text.trayHint.closed);
        }
      }),
    [on, backend, text],
  );
}

/** Title and sentence. */
function wordsOf({ kind, share, who, ends_at: end }: HappenedEvent, { notifications: text, common }: Text): [string, string] {
  const date = end === null ? "" : shortDate(end, common.locale);
  return [text.kinds[kind], text.bodies[kind](share, who ?? text.somebody, date)];
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
