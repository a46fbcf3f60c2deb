import { Button, Field, Select } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { Connection } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Row, Stack } from "~/components/layout";
import { useText } from "~/text";

import { ConnectionDialog } from "./ConnectionDialog";

type ConnectionSelectProps = {
  label: string;
  /** Id of the connection; empty while none is chosen. */
  value: string;
  onChange: (connection: Connection | undefined) => void;
  hint?: string | undefined;
  testId: string;
  /** No button for a new one: another field beside this has it. */
  onlyExisting?: boolean;
};

/** One of the connections, or a new one. */
export function ConnectionSelect({ label, value, onChange, hint, testId, onlyExisting }: ConnectionSelectProps) {
  const text = useText().wizard;
  const connections = useRead("connection_list", {});
  const [adding, setAdding] = useState(false);
  return (
    <Loaded query={connections}>
      {(list) => (
        <Stack gap={8}>
          <Field label={label} hint={hint} required>
            <Select value={value} onChange={(_, data) => onChange(list.find(({ id }) => id === data.value))} data-testid={testId}>
              <option value="">{text.exchangeChoose}</option>
              {list.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          </Field>
          {!onlyExisting && (
            <Row>
              <Button size="small" appearance="subtle" icon={<AddRegular />} onClick={() => setAdding(true)} data-testid={`${testId}-add`}>
                {text.addConnection}
              </Button>
            </Row>
          )}
          {adding && (
            <ConnectionDialog
              onClose={() => setAdding(false)}
              onAdded={(connection) => {
                setAdding(false);
                onChange(connection);
              }}
            />
          )}
        </Stack>
      )}
    </Loaded>
  );
}
