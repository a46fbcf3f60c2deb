import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Spinner } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { ScheduleWish } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Page } from "~/components/Page";
import { Card, Muted, Stack, Truncate } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { useRules } from "~/parts/rules";
import { wishOf } from "~/parts/schedule";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

import { StepContent } from "./StepContent";
import { Steps } from "./Steps";
import { Summary } from "./Summary";
import styles from "./Wizard.module.css";
import { STEPS, type ShareDraft, emptyDraft, isComplete } from "./draft";
import { useCreateShare } from "./useCreateShare";

/** Is never asked. */
const NO_WISH: ScheduleWish = { recurrence: { every: "day" }, at: null, time_zone: "" };

export function NewSharePage() {
  const { wizard: text, shares, common } = useText();
  const navigate = useNavigate();
  const leave = useWayOut();
  const [draft, setDraft] = useState<ShareDraft>(() => emptyDraft(new Date()));
  const [index, setIndex] = useState(0);
  const rules = useRules();
  const list = useRead("share_list", {});
  const taken = (list.data ?? []).map(({ name }) => name);
  const step = STEPS[index] ?? "details";
  const openShare = (share: string) => void navigate({ to: "/sent/$share", params: { share }, replace: true });
  const creation = useCreateShare((share, invitations) => {
    if (invitations.length === 0) openShare(share);
    else void navigate({ to: "/sent/$share/invitations", params: { share }, search: { ids: invitations.join(",") }, replace: true });
  });
  const change = (part: Partial<ShareDraft>) => setDraft((former) => ({ ...former, ...part }));
  const complete = isComplete(step, draft, { takenNames: creation.share ? [] : taken, rules, now: new Date() });
  // What only the application can tell: an expression that names no day, starts that are spread too far.
  const wish = draft.schedule && wishOf(draft.schedule);
  const refused = useRead("schedule_preview", wish ?? NO_WISH, { enabled: wish !== null, staleTime: 0 }).error !== null;
  const last = step === "review";
  const shortSummary = [draft.name.trim() || shares.create, common.datasets(draft.chosen.length), common.recipients(parseAddresses(draft.addresses).valid.length)].join(" · ");
  return (
    <Page title={text.title} back={{ label: shares.title, onBack: () => void navigate({ to: "/sent" }) }}>
      <Steps index={index} onGo={setIndex} />
      <div className={styles.wizard}>
        <Stack gap={16}>
          <Card title={text.steps[step]}>
            <StepContent step={step} draft={draft} onChange={change} takenNames={taken} />
          </Card>
          {creation.error && <ErrorPanel error={creation.error} onLeave={leave} {...(!creation.share && { onRetry: () => void creation.run(draft) })} />}
          {creation.error && creation.share && <Partly share={creation.share} onOpen={openShare} />}
        </Stack>
        <aside className={styles.summary} aria-label={text.summary}>
          <Summary draft={draft} />
        </aside>
      </div>
      <div className={styles.foot}>
        <div className={styles.footSummary}>
          <Muted small>
            <Truncate>{shortSummary}</Truncate>
          </Muted>
        </div>
        <Button disabled={index === 0 || creation.doing !== null} onClick={() => setIndex(index - 1)} data-testid="wizard-back">
          {common.back}
        </Button>
        {last ? (
          <Button appearance="primary" disabled={creation.doing !== null || creation.share !== null} onClick={() => void creation.run(draft)} data-testid="wizard-create">
            {text.create}
          </Button>
        ) : (
          <Button appearance="primary" disabled={!complete || (step === "schedule" && wish !== null && refused)} onClick={() => setIndex(index + 1)} data-testid="wizard-next">
            {common.next}
          </Button>
        )}
        {creation.doing && <Spinner size="tiny" label={creation.doing} labelPosition="after" data-testid="wizard-doing" />}
      </div>
    </Page>
  );
}

function Partly({ share, onOpen }: { share: string; onOpen: (share: string) => void }) {
  const text = useText().wizard;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{text.partly}</MessageBarTitle>
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => onOpen(share)}>
          {text.openShare}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
