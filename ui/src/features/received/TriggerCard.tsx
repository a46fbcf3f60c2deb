import { Button, MessageBar, MessageBarBody, Switch } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { PublicationRequest, ReceivedDetails, Tick } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { DateOnly, Time } from "~/components/Time";
import { Card, type Fact, Facts, Muted, Row, Stack } from "~/components/layout";
import { NextRuns } from "~/parts/NextRuns";
import { useNotify } from "~/parts/notify";
import { scheduleWords } from "~/parts/schedule";
import { useText } from "~/text";

import { TriggerDialog } from "./TriggerDialog";

/** Whether snapshots are taken by themselves, when next, how the last one went; and asking for something fresh. */
export function TriggerCard({ details }: { details: ReceivedDetails }) {
  const words = useText();
  const { trigger: text, schedule } = words;
  const [changing, setChanging] = useState(false);
  const { trigger, snapshot_schedule: offered, summary } = details;
  const on = trigger.status !== "Inactive";
  const followed = trigger.own ?? offered;
  const facts: Fact[] = [
    { label: text.offered, value: offered && scheduleWords(offered.schedule, words), hidden: offered === null },
    { label: text.followed, value: trigger.own ? `${text.own}: ${scheduleWords(trigger.own.schedule, words)}` : text.followsProvider, hidden: trigger.status !== "Active" },
    { label: text.mode, value: trigger.mode && text.modes[trigger.mode], hidden: !on },
    { label: text.last, value: trigger.last && <LastRun tick={trigger.last} />, hidden: trigger.last === null },
  ];
  return (
    <Card title={text.title}>
      {offered === null && !on ? <Muted>{text.notOffered}</Muted> : <Power details={details} />}
      {trigger.message && (
        <MessageBar intent={trigger.status === "SourceScheduleDeleted" ? "warning" : "info"} layout="multiline" data-testid="trigger-message">
          <MessageBarBody>{trigger.status === "SourceScheduleDeleted" ? `${text.deleted}. ${trigger.message}` : trigger.message}</MessageBarBody>
        </MessageBar>
      )}
      <Facts facts={facts} />
      {trigger.next.length > 0 && followed && (
        <Stack gap={8}>
          <strong>{schedule.nextIn(followed.schedule.time_zone)}</strong>
          <NextRuns runs={trigger.next} zone={followed.schedule.time_zone} testId="trigger-next" />
        </Stack>
      )}
      {details.publication && <Asked request={details.publication} />}
      <Row>
        {offered !== null && (
          <Button onClick={() => setChanging(true)} data-testid="trigger-change">
            {text.change}
          </Button>
        )}
        {summary.status === "Active" && <Ask details={details} />}
      </Row>
      {changing && <TriggerDialog details={details} onClose={() => setChanging(false)} />}
    </Card>
  );
}

function Power({ details: { summary, trigger } }: { details: ReceivedDetails }) {
  const { trigger: text } = useText();
  const notify = useNotify();
  const enable = useChange("trigger_enable");
  const disable = useChange("trigger_disable");
  const flip = (on: boolean) => {
    if (on) enable.mutate({ received: summary.id, mode: "incremental" }, { onSuccess: () => notify(text.enabled) });
    else disable.mutate({ received: summary.id }, { onSuccess: () => notify(text.disabled) });
  };
  const error = enable.error ?? disable.error;
  return (
    <Stack gap={4}>
      <Switch label={text.on} checked={trigger.status !== "Inactive"} disabled={enable.isPending || disable.isPending} onChange={(_, { checked }) => flip(checked)} data-testid="trigger-switch" />
      <Muted small>{text.followHint}</Muted>
      {error && <ErrorPanel error={error} />}
    </Stack>
  );
}

function LastRun({ tick }: { tick: Tick }) {
  const { trigger: text } = useText();
  const navigate = useNavigate();
  const { snapshot_id: snapshot, retry_at: retry } = tick;
  return (
    <Stack gap={4}>
      <span>
        {text.tick[tick.status]}, <Time at={tick.at} />
      </span>
      {retry && (
        <span>
          {text.retry} <Time at={retry} />
        </span>
      )}
      {tick.message && <Muted small>{tick.message}</Muted>}
      {snapshot !== null && (
        <Row>
          <Button size="small" appearance="subtle" onClick={() => void navigate({ to: "/activity/$snapshot", params: { snapshot } })} data-testid="trigger-run">
            {text.openRun}
          </Button>
        </Row>
      )}
    </Stack>
  );
}

function Asked({ request }: { request: PublicationRequest }) {
  const { trigger: text } = useText();
  return (
    <Muted>
      {text.asked} (<Time at={request.asked_at} />). {request.answered_at === null && text.waits}
      {request.answered_at !== null && request.refusal === null && (
        <>
          {text.answered} <DateOnly at={request.answered_at} />.
        </>
      )}
      {request.refusal !== null && `${text.refused}: ${request.refusal}`}
    </Muted>
  );
}

function Ask({ details: { summary, publication } }: { details: ReceivedDetails }) {
  const { trigger: text } = useText();
  const notify = useNotify();
  const ask = useChange("publication_ask");
  const run = () => ask.mutate({ received: summary.id }, { onSuccess: () => notify(text.askedNow) });
  return (
    <>
      <Button disabled={ask.isPending || publication?.answered_at === null} onClick={run} data-testid="publication-ask">
        {text.ask}
      </Button>
      {ask.error && <ErrorPanel error={ask.error} onRetry={run} />}
    </>
  );
}
