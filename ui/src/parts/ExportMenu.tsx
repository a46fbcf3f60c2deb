import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowExportRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import type { ErrorDto, ExportFormat } from "~/backend/bindings/commands";
import { toErrorDto } from "~/backend/backend";
import { ErrorPanel } from "~/components/ErrorPanel";
import { folderName } from "~/lib/paths";
import { type ExportTable, toCsv, toJson } from "~/lib/table";
import { useText } from "~/text";

import { useNotify } from "./notify";

/** `medium` among the commands of a page. */
type ExportMenuProps = { name: string; table: () => ExportTable; size?: "small" | "medium" };

/** Saves rows as a file for a spreadsheet or a program. */
export function ExportMenu({ name, table, size = "small" }: ExportMenuProps) {
  const { exports: text } = useText();
  const backend = useBackend();
  const notify = useNotify();
  const [error, setError] = useState<ErrorDto>();
  const save = async (kind: ExportFormat) => {
    setError(undefined);
    try {
      const path = await backend.saveText(`${folderName(name)}.${kind}`, (kind === "csv" ? toCsv : toJson)(table()));
      if (path !== null) notify(text.saved(path));
    } catch (problem) {
      setError(toErrorDto(problem));
    }
  };
  return (
    <>
      <ExportChoice size={size} onChoose={(kind) => void save(kind)} />
      {error && <ErrorPanel error={error} />}
    </>
  );
}

/** The two forms of a file. */
export function ExportChoice({ size = "small", onChoose }: { size?: "small" | "medium"; onChoose: (format: ExportFormat) => void }) {
  const { exports: text } = useText();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size={size} icon={<ArrowExportRegular />} data-testid="export">
          {text.action}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => onChoose("csv")} data-testid="export-csv">
            {text.csv}
          </MenuItem>
          <MenuItem onClick={() => onChoose("json")} data-testid="export-json">
            {text.json}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
