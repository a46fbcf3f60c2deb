import type { QueryClient } from "@tanstack/react-query";

import type { Backend } from "~/backend/backend";

import { progressStore } from "./progress";
import { isStale } from "./tags";

export type EventHandlers = {
  openInvitation: (invitation: string) => void;
  openApproval: (text: string) => void;
  notice: (message: string) => void;
};

/** A run says where it is, and its last word comes before its end: how it ended is asked when runs have changed. */
function noteEnds(backend: Backend): void {
  for (const { snapshot_id: id } of progressStore.all().filter(({ ended }) => !ended)) {
    backend.call("snapshot_show", { snapshot_id: id }).then(
      ({ ended_at: ended, status }) => {
        if (ended !== null) progressStore.end(id, status);
      },
      () => undefined,
    );
  }
}

/** Connects the application's events to the cache, the progress and the window. Returns how to stop. */
export function connectEvents(backend: Backend, client: QueryClient, handlers: EventHandlers): () => void {
  return backend.subscribe((event) => {
    switch (event.event) {
      case "changed":
        void client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, event.tags) });
        if (event.tags.includes("snapshots")) noteEnds(backend);
        break;
      case "missed":
        void client.invalidateQueries();
        noteEnds(backend);
        break;
      case "progress":
        progressStore.put(event.progress);
        break;
      case "open-invitation":
        handlers.openInvitation(event.invitation);
        break;
      case "open-approval":
        handlers.openApproval(event.text);
        break;
      case "closed-to-tray":
      case "happened":
        // The desktop tells it (shell/Desktop).
        break;
      case "notice":
        handlers.notice(event.message);
        break;
    }
  });
}
