import { Button, Checkbox } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useState } from "react";

import type { Connection } from "~/backend/bindings/commands";
import { Mono, Muted, Stack, Truncate } from "~/components/layout";
import { BrowseTree } from "~/parts/BrowseTree";
import { ConnectionSelect } from "~/parts/ConnectionSelect";
import { useText } from "~/text";

import styles from "./DatasetPicker.module.css";
import { type Chosen, toggle } from "./chosen";

type DatasetPickerProps = { chosen: readonly Chosen[]; onChange: (chosen: Chosen[]) => void };

/** Ticks in the tree of a connection; what is ticked in other connections stays ticked. */
export function DatasetPicker({ chosen, onChange }: DatasetPickerProps) {
  const text = useText().wizard;
  const [connection, setConnection] = useState<Connection>();
  const paths = new Set(chosen.filter((one) => one.connection === connection?.id).map(({ path }) => path));
  return (
    <Stack gap={16}>
      <ConnectionSelect label={text.datasetsFrom} value={connection?.id ?? ""} onChange={setConnection} testId="dataset-connection" />
      {connection && (
        <div className={styles.tree}>
          {connection.settings.kind === "folder" && (
            <Checkbox
              label={text.datasetsWhole(connection.name)}
              checked={paths.has("")}
              onChange={(_, { checked }) => onChange(toggle(chosen, connection, { path: "", kind: "folder" }, checked === true))}
              data-testid="tree-whole"
            />
          )}
          {!paths.has("") && (
            <BrowseTree
              key={connection.id}
              connection={connection.id}
              testId="dataset-tree"
              selection={{ chosen: paths, onToggle: (entry, on) => onChange(toggle(chosen, connection, entry, on)) }}
            />
          )}
        </div>
      )}
      <ChosenList
        chosen={chosen}
        onRemove={(gone) => onChange(chosen.filter((one) => one !== gone))}
        onMark={(marked, sensitive) => onChange(chosen.map((one) => (one === marked ? { ...one, sensitive } : one)))}
      />
    </Stack>
  );
}

type ChosenListProps = { chosen: readonly Chosen[]; onRemove: (chosen: Chosen) => void; onMark: (chosen: Chosen, sensitive: boolean) => void };

function ChosenList({ chosen, onRemove, onMark }: ChosenListProps) {
  const { wizard: text, approvals, kinds, common } = useText();
  if (chosen.length === 0) return <Muted>{text.datasetsNone}</Muted>;
  return (
    <section aria-label={text.datasetsChosen}>
      <strong>{text.datasetsChosen}</strong>
      <ul className={styles.chosen} data-testid="dataset-chosen">
        {chosen.map((one) => (
          <li key={`${one.connection}/${one.path}`}>
            <span className={styles.what}>
              <Truncate>{one.name}</Truncate>
              <Mono>
                {kinds.dataset[one.kind]}, {one.connectionName}/{one.path}
              </Mono>
            </span>
            <Checkbox
              className={styles.mark} label={approvals.sensitive} aria-label={`${approvals.sensitive}: ${one.name}`}
              checked={one.sensitive} onChange={(_, { checked }) => onMark(one, checked === true)} data-testid="dataset-sensitive"
            />
            <Button appearance="subtle" size="small" icon={<DismissRegular />} aria-label={`${common.remove} ${one.name}`} onClick={() => onRemove(one)} />
          </li>
        ))}
      </ul>
      <Muted small>{approvals.markHint}</Muted>
    </section>
  );
}
