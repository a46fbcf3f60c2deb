import { Button, Checkbox, Spinner } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { suggestedTarget } from "~/api/invitation-store";
import { useChange } from "~/api/mutations";
import type { Connection, ReceivedDetails } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Row } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useWayOut } from "~/parts/way-out";
import { scheduleWords } from "~/parts/schedule";
import { useText } from "~/text";

import { MappingPreviewCard } from "./MappingPreviewCard";
import { PlaceFields } from "./PlaceFields";
import { type Place, apart, defaultPath, findConnection, isUsable, together } from "./targets";

type Mode = "together" | "apart";
type MappingFormProps = { details: ReceivedDetails; connections: Connection[] };

export function MappingForm({ details, connections }: MappingFormProps) {
  const { mapping: text } = useText();
  const { summary, mappings } = details;
  const [mode, setMode] = useState<Mode>(mappings.some(({ connection }) => connection !== null) ? "apart" : "together");
  const [place, setPlace] = useState<Place>(() => {
    const known = suggestedTarget(summary.name);
    return { connection: known && findConnection(connections, known.connection), path: known?.path ?? "" };
  });
  const [places, setPlaces] = useState(() => new Map(mappings.map((one) => [one.dataset, { connection: findConnection(connections, one.connection), path: one.path ?? "" } satisfies Place] as const)));
  const targets = mode === "together" ? (isUsable(place) ? together(mappings, place) : []) : apart(mappings, places);
  const change = (dataset: string, next: Place) => setPlaces((former) => new Map(former).set(dataset, next));
  return (
    <>
      <Card>
        {mappings.length > 1 && (
          <Choice
            name={text.title}
            value={mode}
            onChange={setMode}
            testId="mapping-mode"
            options={[{ value: "together", label: text.together, hint: text.togetherHint }, { value: "apart", label: text.apart, hint: "" }]}
          />
        )}
        {mode === "together" ? (
          <PlaceFields place={place} suggest={(connection) => defaultPath(connection, summary.name)} onChange={setPlace} testId="target" />
        ) : (
          mappings.map(({ dataset }, index) => (
            <PlaceFields
              key={dataset}
              title={dataset}
              place={places.get(dataset) ?? { connection: undefined, path: "" }}
              suggest={(connection) => defaultPath(connection, `${summary.name}/${dataset}`)}
              onChange={(next) => change(dataset, next)}
              testId={`target-${dataset}`}
              onlyExisting={index > 0}
            />
          ))
        )}
      </Card>
      <MappingPreviewCard received={summary.id} targets={useDeferredValue(targets)} waiting={summary.status === "WaitingForProvider"} />
      <Finish details={details} targets={targets} />
    </>
  );
}

function Finish({ details: { summary, snapshot_schedule: schedule, trigger }, targets }: { details: ReceivedDetails; targets: ReturnType<typeof together> }) {
  const words = useText();
  const { mapping: text } = words;
  const navigate = useNavigate();
  const notify = useNotify();
  const leave = useWayOut();
  const canStart = summary.status === "Active" && summary.running_snapshot === null;
  const [startNow, setStartNow] = useState(summary.last_snapshot_at === null);
  const canFollow = schedule !== null && trigger.status === "Inactive";
  const [follow, setFollow] = useState(summary.last_snapshot_at === null);
  const enable = useChange("trigger_enable");
  const set = useChange("mapping_set");
  const start = useChange("snapshot_start");
  const busy = set.isPending || enable.isPending || start.isPending;
  const starts = canStart && startNow;
  const open = () => void navigate({ to: "/received/$received", params: { received: summary.id } });
  const begin = () =>
    start.mutate(
      { received: summary.id, mode: "full", datasets: [] },
      { onSuccess: ({ snapshot_id: snapshot }) => void navigate({ to: "/activity/$snapshot", params: { snapshot } }) },
    );
  const goOn = () => (starts ? begin() : open());
  const obey = () => enable.mutate({ received: summary.id, mode: "incremental" }, { onSuccess: goOn });
  const save = () =>
    set.mutate(
      { received: summary.id, targets },
      {
        onSuccess: () => {
          notify(text.saved);
          if (canFollow && follow) obey();
          else goOn();
        },
      },
    );
  return (
    <>
      {canFollow && <Checkbox label={words.trigger.follow(scheduleWords(schedule.schedule, words))} checked={follow} onChange={(_, { checked }) => setFollow(checked === true)} data-testid="mapping-follow" />}
      {canStart && <Checkbox label={summary.last_snapshot_at === null ? text.snapshotNow : text.snapshotAgain} checked={startNow} onChange={(_, { checked }) => setStartNow(checked === true)} data-testid="mapping-snapshot-now" />}
      {set.error && <ErrorPanel error={set.error} onRetry={save} onLeave={leave} />}
      {enable.error && <ErrorPanel error={enable.error} onRetry={obey} onLeave={leave} />}
      {start.error && <ErrorPanel error={start.error} onRetry={begin} onLeave={leave} />}
      <Row>
        <Button appearance="primary" icon={busy ? <Spinner size="tiny" /> : undefined} disabled={targets.length === 0 || busy} onClick={save} data-testid="mapping-save">
          {busy ? text.saving : starts ? text.saveAndStart : text.save}
        </Button>
        <Button appearance="subtle" onClick={open} data-testid="mapping-later">
          {text.skip}
        </Button>
      </Row>
    </>
  );
}
