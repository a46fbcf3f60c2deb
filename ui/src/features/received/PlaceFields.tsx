import { Field, Input } from "@fluentui/react-components";

import type { Connection } from "~/backend/bindings/commands";
import { Truncate } from "~/components/layout";
import { ConnectionSelect } from "~/parts/ConnectionSelect";
import { useText } from "~/text";

import styles from "./PlaceFields.module.css";
import { type Place, isUsable } from "./targets";

type PlaceFieldsProps = {
  title?: string;
  place: Place;
  /** The path for a connection, while nothing else was said. */
  suggest: (connection: Connection) => string;
  onChange: (place: Place) => void;
  /** `<testId>-connection` and `<testId>-path` are the fields. */
  testId: string;
  onlyExisting?: boolean;
};

/** A connection and a folder in it. */
export function PlaceFields({ title, place, suggest, onChange, testId, onlyExisting = false }: PlaceFieldsProps) {
  const { mapping: text } = useText();
  const { connection, path } = place;
  const choose = (next: Connection | undefined) => {
    const untouched = path === "" || (connection !== undefined && path === suggest(connection));
    onChange({ connection: next, path: untouched && next ? suggest(next) : path });
  };
  const blob = connection?.settings.kind === "azure-blob";
  const missing = connection !== undefined && !isUsable(place);
  return (
    <div className={styles.place} role="group" aria-label={title ?? text.title}>
      {title && (
        <div className={styles.title}>
          <Truncate>{title}</Truncate>
        </div>
      )}
      <ConnectionSelect label={text.connection} value={connection?.id ?? ""} onChange={choose} testId={`${testId}-connection`} onlyExisting={onlyExisting} />
      {connection && (
        <Field label={blob ? text.pathBlob : text.pathFolder} hint={blob ? text.pathHintBlob : text.pathHintFolder} {...(missing && { validationMessage: text.containerNeeded })}>
          <Input value={path} onChange={(_, { value }) => onChange({ connection, path: value })} spellCheck={false} data-testid={`${testId}-path`} />
        </Field>
      )}
    </div>
  );
}
