import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import type { ExportFormat } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { folderName } from "~/lib/paths";
import { useText } from "~/text";

import { ExportChoice } from "./ExportMenu";
import { useNotify } from "./notify";

type ExportFileProps = { command: "audit_export" | "grant_export"; name: string; fileName: string };

/** Has the application write a whole log or register into a file: it may be longer than what a page holds. */
export function ExportFile({ command, name, fileName }: ExportFileProps) {
  const { findings: text } = useText();
  const backend = useBackend();
  const notify = useNotify();
  const write = useChange(command);
  const save = async (format: ExportFormat) => {
    const path = await backend.pickSaveFile(`${folderName(fileName)}.${format}`);
    if (path !== null) write.mutate({ name, format, path }, { onSuccess: (done) => notify(text.exported(done.rows, done.path)) });
  };
  return (
    <>
      <ExportChoice onChoose={(format) => void save(format)} />
      {write.error && <ErrorPanel error={write.error} />}
    </>
  );
}
