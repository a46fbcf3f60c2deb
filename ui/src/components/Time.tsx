import { useSyncExternalStore } from "react";

import { formatBytes } from "~/lib/bytes";
import { absoluteTime, relativeTime, shortDate } from "~/lib/time";
import { useText } from "~/text";

/** One clock for all times on screen; half a minute is fine enough. */
let present = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    present = new Date();
    for (const one of listeners) one();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** `3 minutes ago`, with the absolute time on hover. */
export function Time({ at, otherwise = "" }: { at: string | null; otherwise?: string }) {
  const { locale } = useText().common;
  const now = useSyncExternalStore(subscribe, () => present);
  if (at === null) return <span>{otherwise}</span>;
  // A time that is newer than the clock's last tick is no future.
  const shown = new Date(at) > now && Date.now() >= new Date(at).getTime() ? new Date(at) : now;
  return (
    <time dateTime={at} title={absoluteTime(at, locale)}>
      {relativeTime(at, shown, locale)}
    </time>
  );
}

/** `Nov 21, 2026`, with the absolute time on hover. */
export function DateOnly({ at, otherwise = "" }: { at: string | null; otherwise?: string }) {
  const { locale } = useText().common;
  if (at === null) return <span>{otherwise}</span>;
  return (
    <time dateTime={at} title={absoluteTime(at, locale)}>
      {shortDate(at, locale)}
    </time>
  );
}

/** `128 files, 412 MB`; says so where nothing was counted. */
export function Amount({ files, bytes }: { files: number | null; bytes: number | null }) {
  const { common } = useText();
  if (files === null && bytes === null) return <span>{common.unknown}</span>;
  const parts = [files === null ? null : common.files(files), bytes === null ? null : formatBytes(bytes, common.locale)];
  return <span>{parts.filter((part) => part !== null).join(", ")}</span>;
}
