import { Checkbox, Field, Input, Select } from "@fluentui/react-components";
import { useDeferredValue } from "react";

import { useRead } from "~/api/queries";
import type { Day, ScheduleWish } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { useText } from "~/text";

import { NextRuns } from "./NextRuns";
import styles from "./ScheduleFields.module.css";
import { ZoneField } from "./ZoneField";
import { DAYS, KINDS, type Kind, SPREADS, type ScheduleDraft, type Spread, isHours, wishOf } from "./schedule";

type ScheduleFieldsProps = {
  draft: ScheduleDraft;
  onChange: (part: Partial<ScheduleDraft>) => void;
  /** Whether starts are spread: a matter of whoever offers the schedule. */
  spreads?: boolean;
};

/** How often, when, by whose clock; and what comes of it. */
export function ScheduleFields({ draft, onChange, spreads }: ScheduleFieldsProps) {
  const { schedule: text } = useText();
  const { kind } = draft;
  const wish = useDeferredValue(wishOf(draft));
  return (
    <Stack gap={16}>
      <div className={styles.fields}>
        <Field label={text.every}>
          <Select value={kind} onChange={(_, { value }) => onChange({ kind: value as Kind })} data-testid="schedule-kind">
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {text.kinds[one]}
              </option>
            ))}
          </Select>
        </Field>
        {kind === "hours" && (
          <Field label={text.hours} {...(!isHours(draft.hours) && { validationMessage: text.hoursProblem })}>
            <Input value={draft.hours} onChange={(_, { value }) => onChange({ hours: value })} inputMode="numeric" data-testid="schedule-hours" />
          </Field>
        )}
        {kind === "week" && <DaysField days={draft.days} onChange={(days) => onChange({ days })} />}
        {kind === "cron" ? (
          <Field label={text.cron} hint={text.cronHint}>
            <Input value={draft.cron} onChange={(_, { value }) => onChange({ cron: value })} spellCheck={false} data-testid="schedule-cron" />
          </Field>
        ) : (
          <Field label={text.at} hint={kind === "hour" || kind === "hours" ? text.atHint.hours : text.atHint.day}>
            <Input type="time" value={draft.at} onChange={(_, { value }) => onChange({ at: value })} data-testid="schedule-at" />
          </Field>
        )}
        <ZoneField value={draft.zone} onChange={(zone) => onChange({ zone })} testId="schedule-zone" />
        {spreads && <SpreadField value={draft.spread} onChange={(spread) => onChange({ spread })} />}
      </div>
      {wish && <Preview wish={wish} />}
    </Stack>
  );
}

function DaysField({ days, onChange }: { days: Day[]; onChange: (days: Day[]) => void }) {
  const { schedule: text } = useText();
  const toggle = (day: Day, on: boolean) => onChange(on ? [...days, day] : days.filter((one) => one !== day));
  return (
    <fieldset className={styles.days}>
      <legend>{text.days}</legend>
      {DAYS.map((day) => (
        <Checkbox key={day} label={text.dayNames[day]} checked={days.includes(day)} onChange={(_, { checked }) => toggle(day, checked === true)} data-testid={`schedule-${day}`} />
      ))}
      {days.length === 0 && (
        <span className={styles.problem} role="alert">
          {text.daysProblem}
        </span>
      )}
    </fieldset>
  );
}

function SpreadField({ value, onChange }: { value: number; onChange: (seconds: number) => void }) {
  const { schedule: text } = useText();
  const names = Object.keys(SPREADS) as Spread[];
  const shown = names.find((name) => SPREADS[name] >= value) ?? "hour";
  return (
    <Field label={text.spread} hint={text.spreadHint}>
      <Select value={shown} onChange={(_, data) => onChange(SPREADS[data.value as Spread])} data-testid="schedule-spread">
        {names.map((name) => (
          <option key={name} value={name}>
            {text.spreads[name]}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** What the application makes of it, before it is set. */
function Preview({ wish }: { wish: ScheduleWish }) {
  const { schedule: text } = useText();
  const preview = useRead("schedule_preview", wish, { keepFormer: true, staleTime: 0 });
  if (preview.error) return <ErrorPanel error={preview.error} />;
  if (!preview.data) return null;
  return (
    <div className={styles.next}>
      <strong>{text.nextIn(wish.time_zone)}</strong>
      <NextRuns runs={preview.data.next} zone={preview.data.schedule.time_zone} testId="schedule-next" />
    </div>
  );
}
