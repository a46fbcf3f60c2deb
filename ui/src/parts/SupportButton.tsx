import { Button } from "@fluentui/react-components";
import { DocumentTextRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { toErrorDto } from "~/backend/backend";
import type { ErrorDto } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Muted } from "~/components/layout";
import { useText } from "~/text";

/** Saves what support asks for: version, system and log, without secrets. Works also when the workspace does not open. */
export function SupportButton() {
  const { support: text } = useText();
  const backend = useBackend();
  const [saved, setSaved] = useState<string | null>(null);
  const [error, setError] = useState<ErrorDto>();
  const save = async () => {
    setError(undefined);
    try {
      setSaved(await backend.saveText(`datashare-support-${new Date().toISOString().slice(0, 10)}.txt`, await backend.supportReport()));
    } catch (problem) {
      setError(toErrorDto(problem));
    }
  };
  return (
    <>
      <Button icon={<DocumentTextRegular />} title={text.hint} onClick={() => void save()} data-testid="support-report">
        {text.action}
      </Button>
      {saved !== null && <Muted small>{text.saved(saved)}</Muted>}
      {error && <ErrorPanel error={error} onRetry={() => void save()} />}
    </>
  );
}
