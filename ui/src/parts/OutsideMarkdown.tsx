import { useBackend } from "~/api/context";
import { Markdown } from "~/components/Markdown";

/** Markdown whose https links open in the system's browser. */
export function OutsideMarkdown({ children }: { children: string }) {
  const backend = useBackend();
  return <Markdown onLink={(url) => void backend.openExternal(url)}>{children}</Markdown>;
}
