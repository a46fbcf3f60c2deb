import { useEffect } from "react";

import { useChange } from "~/api/mutations";
import type { ReceivedDetails } from "~/backend/bindings/commands";

const EVERY_MILLISECONDS = 4000;

/** Looks for the provider's answer while it is awaited. */
export function useAwaitProvider(details: ReceivedDetails | undefined): void {
  const { mutate, isPending } = useChange("received_refresh");
  const received = details?.summary.id;
  const waiting = details?.summary.status === "WaitingForProvider";
  useEffect(() => {
    if (!waiting || received === undefined || isPending) return undefined;
    const timer = setTimeout(() => mutate({ received }), EVERY_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [waiting, received, isPending, mutate]);
}
