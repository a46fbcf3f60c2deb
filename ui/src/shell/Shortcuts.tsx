import { useNavigate, useRouter } from "@tanstack/react-router";
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";

import { useZoom } from "~/parts/zoom";

import { Finder } from "./Finder";
import { Keys } from "./Keys";
import { type ShortcutName, shortcutOf } from "./shortcuts";

const PATHS = {
  newShare: "/sent/new", openInvitation: "/invitations/open", home: "/", sent: "/sent", received: "/received", invitations: "/invitations", activity: "/activity",
  connections: "/connections", settings: "/settings",
} as const;

const RunContext = createContext<(name: ShortcutName) => void>(() => undefined);

/** Does what a shortcut does, for buttons. */
export function useShortcut(): (name: ShortcutName) => void {
  return useContext(RunContext);
}

/** Listens for the keys that work everywhere, and shows what they open. */
export function Shortcuts({ children }: { children: React.ReactNode }) {
  const navigate = useNavigate();
  const router = useRouter();
  const zoom = useZoom();
  const [open, setOpen] = useState<"palette" | "keys">();
  const run = useCallback(
    (name: ShortcutName) => {
      if (name === "palette" || name === "keys") setOpen(name);
      else if (name === "back") router.history.back();
      else if (name === "larger" || name === "smaller" || name === "normal") zoom(name);
      else void navigate({ to: PATHS[name] });
    },
    [navigate, router, zoom],
  );
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const name = shortcutOf(event);
      // A dialog asks for a decision; nothing goes on behind it.
      if (!name || event.defaultPrevented || document.querySelector("[role=dialog],[role=alertdialog]")) return;
      event.preventDefault();
      run(name);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [run]);
  const close = useMemo(() => () => setOpen(undefined), []);
  return (
    <RunContext value={run}>
      {children}
      {open === "palette" && <Finder onShortcut={run} onClose={close} />}
      {open === "keys" && <Keys onClose={close} />}
    </RunContext>
  );
}
