import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import type { ErrorDto } from "~/backend/bindings/commands";
import { redact } from "~/lib/redact";
import { useText } from "~/text";
import { type WayOut, errorWords } from "~/text/errors";

import { ApplicationWords } from "./ApplicationWords";
import { CopyButton } from "./CopyButton";

type ErrorPanelProps = {
  error: ErrorDto;
  /** What happened, where the words of the code would say something else. */
  title?: string;
  /** Does the same again. */
  onRetry?: (() => void) | undefined;
  /** Leads to another page; given by the application. */
  onLeave?: ((way: WayOut) => void) | undefined;
};

/** An error in words: what happened, why, what to do next, and a button that does it where one can. */
export function ErrorPanel({ error, title, onRetry, onLeave }: ErrorPanelProps) {
  const text = useText();
  const words = errorWords(text, error.code);
  const again = onRetry && (error.retry || words.way === "retry");
  const leave = onLeave && words.way !== "retry" && words.way !== "none";
  return (
    <MessageBar intent="error" layout="multiline" data-testid="error" data-code={error.code} role="alert">
      <MessageBarBody>
        <MessageBarTitle>{title ?? words.title}</MessageBarTitle> <ApplicationWords>{error.message}</ApplicationWords> {error.hint && <span lang="en">{error.hint}</span>}
      </MessageBarBody>
      <MessageBarActions>
        {again && (
          <Button size="small" onClick={onRetry}>
            {words.way === "retry" ? words.button : text.errors.internal.button}
          </Button>
        )}
        {leave && (
          <Button size="small" onClick={() => onLeave(words.way)}>
            {words.button}
          </Button>
        )}
        <CopyButton size="small" appearance="transparent" text={redact(`${error.code}: ${error.message}${error.hint ? ` ${error.hint}` : ""}`)} label={text.common.copyDetails} />
      </MessageBarActions>
    </MessageBar>
  );
}
