/**
 * What follows from each error code: where the button of its message leads. The words of each code stand with the other
 * text of a language; the sentences with the particulars come from the application with the error.
 */
import type { Text } from "~/text";

/** Where a button leads: do the same again, or to another page. */
export type WayOut = "retry" | "open-invitation" | "connections" | "settings" | "received" | "none";

/** A title for what happened, and the words of the button that leads on. */
export type ErrorText = { title: string; button: string | null };

export const WAYS = {
  "invalid-request": "none",
  "not-found": "none",
  "not-initialised": "settings",
  "vault-locked": "settings",
  "wrong-passphrase": "retry",
  "newer-database": "none",
  "damaged-workspace": "none",
  "bad-invitation": "open-invitation",
  "invitation-expired": "none",
  "invitation-withdrawn": "none",
  "invitation-spent": "none",
  revoked: "received",
  "share-deleted": "received",
  "access-expired": "none",
  refused: "none",
  "waiting-for-provider": "retry",
  "terms-changed": "none",
  "not-genuine": "none",
  "not-allowed": "none",
  "approval-needed": "none",
  "already-running": "none",
  cancelled: "none",
  "no-such-file": "retry",
  "no-such-container": "retry",
  "no-such-account": "connections",
  "already-exists": "none",
  changed: "retry",
  "bad-credential": "connections",
  denied: "retry",
  "expired-credential": "connections",
  firewall: "retry",
  "clock-skew": "retry",
  proxy: "retry",
  certificate: "retry",
  unreachable: "retry",
  busy: "retry",
  interrupted: "retry",
  "no-space": "retry",
  "bad-name": "none",
  corrupt: "retry",
  unsupported: "none",
  "store-error": "retry",
  "mail-not-set-up": "settings",
  "mail-server-unknown": "settings",
  "mail-server-refused": "settings",
  "mail-unreachable": "retry",
  "mail-timeout": "retry",
  "mail-encryption": "settings",
  "mail-certificate": "settings",
  "mail-login": "settings",
  "mail-sender": "settings",
  "mail-recipient": "none",
  "mail-rejected": "none",
  "not-told": "retry",
  internal: "retry",
} as const satisfies Record<string, WayOut>;

export type ErrorCode = keyof typeof WAYS;

export type ErrorWords = ErrorText & { way: WayOut };

/** The words of a code; those of an unexpected error for a code that is not known here. */
export function errorWords(text: Text, code: string): ErrorWords {
  const known = code in WAYS ? (code as ErrorCode) : "internal";
  return { ...text.errors[known], way: WAYS[known] };
}
