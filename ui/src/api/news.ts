/** What somebody wants to be told who does not look at the window: found by comparing what is known with what was known. */
import type { ReceivedDetails, ShareSummary, SnapshotStatus } from "~/backend/bindings/commands";

export type Known = { shares: readonly ShareSummary[]; received: readonly ReceivedDetails[] };

export type News =
  | { kind: "accepted" | "waiting"; share: string }
  | { kind: "ended"; received: string; status: SnapshotStatus }
  | { kind: "granted" | "revoked" | "deleted" | "expired" | "refused" | "terms"; received: string }
  | { kind: "expires"; received: string; at: string };

/** So long before the end of an access it is said, once. */
const SOON = 7 * 86_400_000;

/** In the order in which they should be told. What is seen for the first time is no news. */
export function newsBetween(before: Known, after: Known, now: Date, told: (key: string) => boolean): News[] {
  return [...ofShares(before, after), ...ofReceived(before, after), ...expiring(after, now, told)];
}

function ofShares(before: Known, after: Known): News[] {
  return after.shares.flatMap((share) => {
    const former = before.shares.find(({ id }) => id === share.id);
    if (!former) return [];
    const news: News[] = [];
    if (share.recipients > former.recipients && share.pending < former.pending + former.waiting) news.push({ kind: "accepted", share: share.name });
    if (share.waiting > former.waiting) news.push({ kind: "waiting", share: share.name });
    return news;
  });
}

const STATES = { Active: "granted", Revoked: "revoked", SourceDeleted: "deleted", Expired: "expired", Refused: "refused" } as const;

function ofReceived(before: Known, after: Known): News[] {
  return after.received.flatMap((details): News[] => {
    const former = before.received.find(({ summary: { id } }) => id === details.summary.id);
    if (!former) return [];
    const received = details.summary.name;
    const { status, last_snapshot_at: at, last_snapshot_status: ended } = details.summary;
    const news: News[] = [];
    if (status !== former.summary.status && status in STATES) news.push({ kind: STATES[status as keyof typeof STATES], received });
    if (details.terms_to_accept !== null && former.terms_to_accept?.sha256 !== details.terms_to_accept.sha256) news.push({ kind: "terms", received });
    // A quick one begins and ends between two looks.
    const ran = former.summary.running_snapshot !== null || former.summary.last_snapshot_at !== at;
    if (ran && details.summary.running_snapshot === null && ended !== null && at !== null) news.push({ kind: "ended", received, status: ended });
    return news;
  });
}

export function expiryKey(received: string, at: string): string {
  return `${received} ${at}`;
}

function expiring(after: Known, now: Date, told: (key: string) => boolean): News[] {
  return after.received.flatMap(({ summary: { id, name, status }, expires_at: at }): News[] => {
    if (at === null || status !== "Active" || told(expiryKey(id, at))) return [];
    const left = new Date(at).getTime() - now.getTime();
    return left > 0 && left < SOON ? [{ kind: "expires", received: name, at }] : [];
  });
}
