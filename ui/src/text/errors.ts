/**
 * Words for each error code: a title for what happened, and the button that leads on. The sentences with the particulars
 * come from the application with the error.
 */

/** Where a button leads: do the same again, or to another page. */
export type WayOut = "retry" | "open-invitation" | "connections" | "settings" | "received" | "none";

export type ErrorWords = { title: string; way: WayOut; button: string | null };

const words = (title: string, way: WayOut = "none", button: string | null = null): ErrorWords => ({ title, way, button });

export const ERROR_WORDS = {
  "invalid-request": words("This cannot be done as it was asked"),
  "not-found": words("This is no longer here"),
  "not-initialised": words("Datashare does not know yet who you are", "settings", "Introduce yourself"),
  "vault-locked": words("Your secrets are locked", "settings", "Choose where secrets are kept"),
  "wrong-passphrase": words("The passphrase does not fit", "retry", "Try again"),
  "newer-database": words("Your data was written by a newer Datashare"),
  "damaged-workspace": words("A file of your workspace is damaged"),
  "bad-invitation": words("This is no complete invitation", "open-invitation", "Paste it again"),
  "invitation-expired": words("This invitation has expired"),
  "invitation-withdrawn": words("This invitation was withdrawn"),
  "invitation-spent": words("This invitation was accepted already"),
  revoked: words("Your access was ended by the provider", "received", "Open received shares"),
  "share-deleted": words("The provider deleted this share", "received", "Open received shares"),
  "access-expired": words("Your access has reached its end date"),
  refused: words("The provider did not let you in"),
  "waiting-for-provider": words("The provider has not answered yet", "retry", "Look again"),
  "terms-changed": words("New terms wait for your agreement"),
  "not-genuine": words("Something in the exchange is not genuine"),
  "already-running": words("A snapshot is running already"),
  cancelled: words("Cancelled"),
  "no-such-file": words("A file or folder is not there", "retry", "Try again"),
  "no-such-container": words("The container or folder is not there", "retry", "Try again"),
  "no-such-account": words("There is no such storage account", "connections", "Open connections"),
  "already-exists": words("Something of this name is there already"),
  changed: words("A file changed while it was read", "retry", "Try again"),
  "bad-credential": words("The key or signature was refused", "connections", "Open connections"),
  denied: words("Access was denied", "retry", "Try again"),
  "expired-credential": words("The credential has expired", "connections", "Open connections"),
  firewall: words("The account's network rules do not let this computer in", "retry", "Try again"),
  "clock-skew": words("The clock of this computer is wrong", "retry", "Try again"),
  proxy: words("The proxy stands in the way", "retry", "Try again"),
  certificate: words("The connection is not trusted", "retry", "Try again"),
  unreachable: words("The store cannot be reached", "retry", "Try again"),
  busy: words("The store is busy", "retry", "Try again"),
  interrupted: words("The connection was interrupted", "retry", "Try again"),
  "no-space": words("There is no space left", "retry", "Try again"),
  "bad-name": words("The store cannot hold this name"),
  corrupt: words("What arrived was damaged", "retry", "Try again"),
  unsupported: words("The store cannot do this"),
  "store-error": words("The store answered with an error", "retry", "Try again"),
  internal: words("Something went wrong inside Datashare", "retry", "Try again"),
} as const satisfies Record<string, ErrorWords>;

/** The words of a code; those of an unexpected error for a code that is not known here. */
export function errorWords(code: string): ErrorWords {
  return (ERROR_WORDS as Record<string, ErrorWords>)[code] ?? ERROR_WORDS.internal;
}
