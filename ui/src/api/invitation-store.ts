/**
 * The invitation that is open. It holds a secret, so it stays in memory: never in an address, never in storage.
 */
import { useSyncExternalStore } from "react";

export type OpenInvitation = { invitation: string; exchangeFolder: string | null };

let current: OpenInvitation | null = null;
const listeners = new Set<() => void>();

export function setOpenInvitation(invitation: OpenInvitation | null): void {
  current = invitation;
  for (const listener of listeners) listener();
}

export function useOpenInvitation(): OpenInvitation | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
