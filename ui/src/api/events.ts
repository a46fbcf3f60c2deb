import type { QueryClient } from "@tanstack/react-query";

import type { Backend } from "~/backend/backend";

import { progressStore } from "./progress";
import { isStale } from "./tags";

export type EventHandlers = {
  openInvitation: (invitation: string) => void;
  notice: (message: string) => void;
};

/** Connects the application's events to the cache, the progress and the window. Returns how to stop. */
export function connectEvents(backend: Backend, client: QueryClient, handlers: EventHandlers): () => void {
  return backend.subscribe((event) => {
    switch (event.event) {
      case "changed":
        void client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, event.tags) });
        break;
      case "missed":
        void client.invalidateQueries();
        break;
      case "progress":
        progressStore.put(event.progress);
        break;
      case "open-invitation":
        handlers.openInvitation(event.invitation);
        break;
      case "notice":
        handlers.notice(event.message);
        break;
    }
  });
}
