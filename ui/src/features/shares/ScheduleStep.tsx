import { Switch } from "@fluentui/react-components";

import { Muted, Stack } from "~/components/layout";
import { ScheduleFields } from "~/parts/ScheduleFields";
import { emptySchedule } from "~/parts/schedule";
import { useText } from "~/text";

import type { StepProps } from "./StepContent";

/** Whether the share offers a schedule, and which. */
export function ScheduleStep({ draft, onChange }: StepProps) {
  const { schedule: text } = useText();
  const { schedule } = draft;
  return (
    <Stack gap={16}>
      <Muted>{text.lead}</Muted>
      <Stack gap={4}>
        <Switch label={text.offer} checked={schedule !== null} onChange={(_, { checked }) => onChange({ schedule: checked ? emptySchedule() : null })} data-testid="share-schedule" />
        <Muted small>{text.offerHint}</Muted>
      </Stack>
      {schedule && <ScheduleFields draft={schedule} onChange={(part) => onChange({ schedule: { ...schedule, ...part } })} spreads />}
    </Stack>
  );
}
