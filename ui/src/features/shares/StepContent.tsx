import { Field, Input, Textarea } from "@fluentui/react-components";

import { Choice } from "~/components/Choice";
import { Muted, Stack } from "~/components/layout";
import { ConnectionSelect } from "~/parts/ConnectionSelect";
import { ApprovalNeeded, approverNames } from "~/parts/approval";
import { useRules } from "~/parts/rules";
import { useText } from "~/text";

import { DatasetPicker } from "./DatasetPicker";
import { InviteFields } from "./InviteFields";
import { Review } from "./Review";
import { ScheduleStep } from "./ScheduleStep";
import { SensitiveNeeded } from "./SensitiveNeeded";
import { TermsEditor } from "./TermsEditor";
import { type ShareDraft, type Step, isTaken } from "./draft";

export type StepProps = { draft: ShareDraft; onChange: (part: Partial<ShareDraft>) => void };

export function StepContent({ step, takenNames, ...props }: StepProps & { step: Step; takenNames: readonly string[] }) {
  const words = useText();
  const text = words.wizard;
  const rules = useRules();
  switch (step) {
    case "details":
      return <DetailsStep {...props} takenNames={takenNames} />;
    case "datasets":
      return rules?.datasets_need_approval === "every" ? (
        <ApprovalNeeded words={words.approvals.wizardDatasets} />
      ) : (
        <Stack gap={16}>
          <Muted>{text.datasetsLead}</Muted>
          <DatasetPicker chosen={props.draft.chosen} onChange={(chosen) => props.onChange({ chosen })} />
          <SensitiveNeeded chosen={props.draft.chosen} />
        </Stack>
      );
    case "schedule":
      return <ScheduleStep {...props} />;
    case "recipients":
      return (
        <Stack gap={16}>
          <Muted>{text.recipientsLead}</Muted>
          <InviteFields draft={props.draft} hasTerms={props.draft.terms.trim() !== ""} onChange={props.onChange} />
          {rules?.invitations_need_approval && <ApprovalNeeded words={words.approvals.wizardInvite(approverNames(rules, words))} />}
        </Stack>
      );
    case "review":
      return <Review draft={props.draft} />;
  }
}

function DetailsStep({ draft, onChange, takenNames }: StepProps & { takenNames: readonly string[] }) {
  const { wizard: text, shares } = useText();
  const taken = isTaken(draft.name, takenNames);
  return (
    <Stack gap={16}>
      <Field label={shares.name} hint={text.nameHint} required {...(taken && { validationMessage: text.nameTaken })}>
        <Input value={draft.name} onChange={(_, { value }) => onChange({ name: value })} maxLength={90} data-testid="share-name" />
      </Field>
      <Field label={shares.description} hint={text.descriptionHint}>
        <Textarea value={draft.description} onChange={(_, { value }) => onChange({ description: value })} rows={2} resize="vertical" data-testid="share-description" />
      </Field>
      <Field label={text.kindLabel}>
        <Choice name={text.kindLabel} value="snapshot" onChange={() => undefined} options={[{ value: "snapshot", label: text.kindSnapshot, hint: text.kindSnapshotHint }]} testId="share-kind" />
      </Field>
      <MeetingPlace draft={draft} onChange={onChange} />
      <TermsEditor value={draft.terms} onChange={(terms) => onChange({ terms })} />
    </Stack>
  );
}

/** What both parties reach. */
function MeetingPlace({ draft, onChange }: StepProps) {
  const text = useText().wizard;
  const { exchange } = draft;
  const hint = exchange && (exchange.settings.kind === "folder" ? text.exchangeFolderHint : text.exchangeBlobHint);
  return (
    <Stack gap={8}>
      <ConnectionSelect label={text.meeting} value={exchange?.id ?? ""} onChange={(connection) => onChange({ exchange: connection, exchangePrefix: "" })} hint={hint ?? text.meetingLead} testId="share-exchange" />
      {exchange?.settings.kind === "folder" && (
        <Field label={text.exchangePrefix} hint={text.exchangePrefixHint}>
          <Input value={draft.exchangePrefix} onChange={(_, { value }) => onChange({ exchangePrefix: value })} data-testid="share-exchange-prefix" />
        </Field>
      )}
    </Stack>
  );
}
