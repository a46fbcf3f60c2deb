import { Button, type ButtonProps } from "@fluentui/react-components";
import { type ChangeEvent, useRef } from "react";

import { type FileKind, setFileText } from "~/api/dropped";

type ChooseFileProps = {
  kind: FileKind;
  label: string;
  icon: NonNullable<ButtonProps["icon"]>;
  accept: string;
  primary?: boolean;
  title?: string;
};

/** A button that asks for a file and hands its text to the page of its kind. */
export function ChooseFile({ kind, label, icon, accept, primary = false, title }: ChooseFileProps) {
  const file = useRef<HTMLInputElement>(null);
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0];
    event.target.value = "";
    if (chosen) setFileText(kind, await chosen.text());
  };
  return (
    <>
      <Button appearance={primary ? "primary" : "secondary"} icon={icon} title={title} onClick={() => file.current?.click()} data-testid={`${kind}-choose`}>
        {label}
      </Button>
      <input ref={file} type="file" accept={accept} hidden onChange={(event) => void read(event)} data-testid={`${kind}-file`} />
    </>
  );
}
