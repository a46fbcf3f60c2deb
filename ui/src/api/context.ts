import { createContext, useContext } from "react";

import type { Backend } from "~/backend/backend";

const BackendContext = createContext<Backend | null>(null);
export const BackendProvider = BackendContext.Provider;

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (!backend) throw new Error("The window is used without its backend.");
  return backend;
}
