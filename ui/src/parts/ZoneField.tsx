import { Combobox, Field, Option } from "@fluentui/react-components";
import { useMemo, useState } from "react";

import { useText } from "~/text";

import { allZones } from "./schedule";

/** As many as a list is read to. */
const MOST = 40;

/** A time zone, found by a part of its name. */
export function ZoneField({ value, onChange, testId }: { value: string; onChange: (zone: string) => void; testId: string }) {
  const { schedule: text } = useText();
  const [typed, setTyped] = useState<string | null>(null);
  const zones = useMemo(() => allZones(), []);
  const wanted = (typed ?? "").trim().toLowerCase().replaceAll(" ", "_");
  const found = zones.filter((zone) => zone.toLowerCase().includes(wanted)).slice(0, MOST);
  const choose = (zone: string | undefined) => {
    setTyped(null);
    if (zone !== undefined) onChange(zone);
  };
  return (
    <Field label={text.zone} hint={text.zoneHint}>
      <Combobox
        style={{ minWidth: 0 }}
        value={typed ?? value}
        selectedOptions={[value]}
        onChange={({ target }) => setTyped(target.value)}
        onOptionSelect={(_, { optionValue }) => optionValue !== undefined && choose(optionValue)}
        onBlur={() => choose(typed === null ? undefined : zones.find((zone) => zone.toLowerCase() === wanted))}
        data-testid={testId}
      >
        {found.map((zone) => (
          <Option key={zone} value={zone}>
            {zone}
          </Option>
        ))}
      </Combobox>
    </Field>
  );
}
