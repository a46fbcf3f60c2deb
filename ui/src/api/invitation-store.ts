/**
 * The invitation that is open. It holds a secret, so it stays in memory: never in an address, never in storage.
 */
import { useSyncExternalStore } from "react";

export type OpenInvitation = {
  invitation: string;
  exchangeFolder: string | null;
  /** Where the data may go, when that is known already: names of a connection and a path in it. */
  target?: Target;
};
export type Target = { connection: string; path: string };

/** Targets that are known before they are asked for, by the name of the received share. */
const targets = new Map<string, Target>();

export function suggestTarget(received: string, target: Target): void {
  targets.set(received, target);
}

export function suggestedTarget(received: string): Target | undefined {
  return targets.get(received);
}

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
