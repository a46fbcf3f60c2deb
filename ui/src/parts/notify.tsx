import { Toast, ToastTitle, Toaster, useId, useToastController } from "@fluentui/react-components";
import { type ReactNode, createContext, useCallback, useContext, useMemo } from "react";

type Notify = (message: string) => void;
const NotifyContext = createContext<Notify>(() => undefined);

/** A short word at the edge of the window: that something is done. Never the only place where an error shows. */
export function NotifyProvider({ children }: { children: ReactNode }) {
  const toaster = useId("toaster");
  const { dispatchToast } = useToastController(toaster);
  const notify = useCallback<Notify>(
    (message) => {
      dispatchToast(
        <Toast>
          <ToastTitle data-testid="toast">{message}</ToastTitle>
        </Toast>,
        { intent: "success", timeout: 5000 },
      );
    },
    [dispatchToast],
  );
  const value = useMemo(() => notify, [notify]);
  return (
    <NotifyContext.Provider value={value}>
      {children}
      <Toaster toasterId={toaster} position="bottom-end" />
    </NotifyContext.Provider>
  );
}

export function useNotify(): Notify {
  return useContext(NotifyContext);
}
