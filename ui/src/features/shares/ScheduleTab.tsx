import { Button } from "@fluentui/react-components";
import { CalendarClockRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { ScheduleView, ShareDetails, Tick } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Time } from "~/components/Time";
import { Card, EmptyState, Facts, Muted, Row, Stack } from "~/components/layout";
import { NextRuns } from "~/parts/NextRuns";
import { ScheduleFields } from "~/parts/ScheduleFields";
import { useNotify } from "~/parts/notify";
import { draftOf, emptySchedule, scheduleWords, wishOf } from "~/parts/schedule";
import { useText } from "~/text";

/** What the recipients are offered, and changing it. */
export function ScheduleTab({ share }: { share: ShareDetails }) {
  const { schedule: text } = useText();
  const [editing, setEditing] = useState(false);
  const [clearing, setClearing] = useState(false);
  const last = useRead("schedule_show", { share: share.id }, { enabled: share.schedule !== null }).data?.last ?? null;
  if (editing) return <EditSchedule share={share} onClose={() => setEditing(false)} />;
  if (share.schedule === null) {
    return (
      <EmptyState icon={<CalendarClockRegular />} title={text.none} body={text.lead}>
        <Button appearance="primary" onClick={() => setEditing(true)} data-testid="schedule-set">
          {text.set}
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      <Shown view={share.schedule} last={last} onEdit={() => setEditing(true)} onClear={() => setClearing(true)} />
      {clearing && <ClearSchedule share={share} onClose={() => setClearing(false)} />}
    </>
  );
}

type ShownProps = { view: ScheduleView; last: Tick | null; onEdit: () => void; onClear: () => void };

function Shown({ view, last, onEdit, onClear }: ShownProps) {
  const words = useText();
  const { schedule: text } = words;
  return (
    <Card title={scheduleWords(view.schedule, words)}>
      <Muted>{text.lead}</Muted>
      {view.problem && <p>{view.problem}</p>}
      <strong>{text.nextIn(view.schedule.time_zone)}</strong>
      <NextRuns runs={view.next} zone={view.schedule.time_zone} testId="schedule-next" />
      <Facts
        facts={[
          { label: text.changed, value: <Time at={view.changed_at} /> },
          { label: text.lastPublished, value: <Time at={last?.at ?? null} />, hidden: last === null },
        ]}
      />
      {last?.message && <Muted small>{last.message}</Muted>}
      <Row>
        <Button appearance="primary" onClick={onEdit} data-testid="schedule-edit">
          {text.edit}
        </Button>
        <Button onClick={onClear} data-testid="schedule-clear">
          {text.clear}
        </Button>
      </Row>
    </Card>
  );
}

function EditSchedule({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const { schedule: text, common } = useText();
  const [draft, setDraft] = useState(() => (share.schedule ? draftOf(share.schedule.schedule) : emptySchedule()));
  const set = useChange("schedule_set");
  const notify = useNotify();
  const wish = wishOf(draft);
  const save = () => {
    if (wish === null) return;
    set.mutate(
      { share: share.id, schedule: wish },
      {
        onSuccess: () => {
          notify(text.saved);
          onClose();
        },
      },
    );
  };
  return (
    <Card title={share.schedule ? text.edit : text.set}>
      <Stack gap={16}>
        <ScheduleFields draft={draft} onChange={(part) => setDraft((former) => ({ ...former, ...part }))} spreads />
        {set.error && <ErrorPanel error={set.error} onRetry={save} />}
        <Row>
          <Button appearance="primary" disabled={wish === null || set.isPending} onClick={save} data-testid="schedule-save">
            {text.save}
          </Button>
          <Button onClick={onClose}>{common.cancel}</Button>
        </Row>
      </Stack>
    </Card>
  );
}

function ClearSchedule({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const { schedule: text } = useText();
  const clear = useChange("schedule_clear");
  const notify = useNotify();
  const run = () =>
    clear.mutate(
      { share: share.id },
      {
        onSuccess: () => {
          notify(text.cleared);
          onClose();
        },
      },
    );
  return <ConfirmDialog title={text.clearTitle} does={text.clearDoes} doesNot={text.clearDoesNot} confirm={text.clear} busy={clear.isPending} error={clear.error} onConfirm={run} onClose={onClose} testId="schedule-clear-dialog" />;
}
