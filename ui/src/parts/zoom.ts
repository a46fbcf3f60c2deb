import { useCallback, useEffect } from "react";

import { useBackend } from "~/api/context";

/** How large everything is drawn, in percent; a matter of this computer, so it is kept in the window's own storage. */
export const ZOOMS = [80, 90, 100, 110, 125, 150, 175, 200] as const;

const KEY = "datashare.zoom";

function read(): number {
  const kept = Number(window.localStorage.getItem(KEY));
  return ZOOMS.find((one) => one === kept) ?? 100;
}

/** The next size, or the normal one. */
export function nextZoom(present: number, step: "larger" | "smaller" | "normal"): number {
  if (step === "normal") return 100;
  if (step === "larger") return ZOOMS.find((one) => one > present) ?? 200;
  return ZOOMS.findLast((one) => one < present) ?? 80;
}

/** Draws the window as large as it was last time, and changes that. */
export function useZoom(): (step: "larger" | "smaller" | "normal") => void {
  const backend = useBackend();
  useEffect(() => {
    if (read() !== 100) void backend.zoom(read());
  }, [backend]);
  return useCallback(
    (step) => {
      const percent = nextZoom(read(), step);
      window.localStorage.setItem(KEY, String(percent));
      void backend.zoom(percent);
    },
    [backend],
  );
}
