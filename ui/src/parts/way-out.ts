import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

import type { WayOut } from "~/text/errors";

const PAGES = { connections: "/connections", received: "/received", "open-invitation": "/invitations/open" } as const;

/** Goes where the button of an error leads. */
export function useWayOut(): (way: WayOut) => void {
  const navigate = useNavigate();
  return useCallback(
    (way: WayOut) => {
      // Errors that settings can mend are about secrets.
      if (way === "settings") void navigate({ to: "/settings", search: { tab: "secrets" } });
      else if (way in PAGES) void navigate({ to: PAGES[way as keyof typeof PAGES] });
    },
    [navigate],
  );
}
