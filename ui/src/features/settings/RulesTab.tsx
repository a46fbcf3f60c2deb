import { Button, Field, Input, Switch, Textarea } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { WorkspacePolicy } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { type ApprovalDraft, ApprovalRules, approvalProblem } from "./ApprovalRules";
import styles from "./Settings.module.css";

/** What everything that is shared from here must keep to. */
export function RulesTab() {
  const rules = useRead("policy_show", {});
  return <Loaded query={rules}>{(policy) => <RulesForm key={JSON.stringify(policy)} policy={policy} />}</Loaded>;
}

type Draft = ApprovalDraft & { domains: string; invitationDays: string; accessDays: string; terms: boolean; noRightAway: boolean };

const MOST_DAYS = 36_500;

/** `null` for no limit, `undefined` for what is no number of days. */
function daysIn(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : undefined;
}

function draftOf(policy: WorkspacePolicy): Draft {
  return {
    domains: policy.recipient_domains.join("\n"), invitationDays: policy.longest_invitation_days?.toString() ?? "", accessDays: policy.longest_access_days?.toString() ?? "",
    terms: policy.terms_required, noRightAway: policy.right_away_forbidden,
    approvers: policy.approvers, invitationsNeed: policy.invitations_need_approval, datasetsNeed: policy.datasets_need_approval,
  };
}

function RulesForm({ policy }: { policy: WorkspacePolicy }) {
  const { rules: text, approvals, common } = useText();
  const [draft, setDraft] = useState(() => draftOf(policy));
  const save = useChange("policy_set");
  const notify = useNotify();
  const change = (part: Partial<Draft>) => setDraft((former) => ({ ...former, ...part }));
  const [invitationDays, accessDays] = [daysIn(draft.invitationDays), daysIn(draft.accessDays)];
  const unchanged = JSON.stringify(draft) === JSON.stringify(draftOf(policy));
  const run = () => {
    if (invitationDays === undefined || accessDays === undefined) return;
    const domains = draft.domains.split(/[\s,;]+/).filter(Boolean);
    const request: WorkspacePolicy = {
      recipient_domains: domains, longest_invitation_days: invitationDays, longest_access_days: accessDays, terms_required: draft.terms, right_away_forbidden: draft.noRightAway,
      approvers: draft.approvers.map(({ name, fingerprint }) => ({ name: name.trim(), fingerprint })), invitations_need_approval: draft.invitationsNeed, datasets_need_approval: draft.datasetsNeed,
    };
    save.mutate(request, { onSuccess: () => notify(text.saved) });
  };
  return (
    <>
      <Card title={text.title}>
        <Muted>{text.lead}</Muted>
        <Stack gap={16} className={styles.form}>
          <Field label={text.domains} hint={text.domainsHint}>
            <Textarea value={draft.domains} onChange={(_, { value }) => change({ domains: value })} placeholder={text.domainsPlaceholder} rows={3} resize="vertical" spellCheck={false} data-testid="rules-domains" />
          </Field>
          <Days label={text.invitationDays} hint={text.daysHint} value={draft.invitationDays} onChange={(value) => change({ invitationDays: value })} testId="rules-invitation-days" />
          <Days label={text.accessDays} hint={`${text.accessHint} ${text.daysHint}`} value={draft.accessDays} onChange={(value) => change({ accessDays: value })} testId="rules-access-days" />
          <Switch label={text.terms} checked={draft.terms} onChange={(_, { checked }) => change({ terms: checked })} data-testid="rules-terms" />
          <Stack gap={4}>
            <Switch label={text.rightAway} checked={draft.noRightAway} onChange={(_, { checked }) => change({ noRightAway: checked })} data-testid="rules-right-away" />
            <Muted small>{text.rightAwayHint}</Muted>
          </Stack>
        </Stack>
      </Card>
      <Card title={approvals.rulesTitle}>
        <ApprovalRules draft={draft} onChange={change} />
        {save.error && <ErrorPanel error={save.error} onRetry={run} />}
        <Row>
          <Button appearance="primary" disabled={unchanged || invitationDays === undefined || accessDays === undefined || approvalProblem(draft) !== null || save.isPending} onClick={run} data-testid="rules-save">
            {common.save}
          </Button>
        </Row>
      </Card>
    </>
  );
}

type DaysProps = { label: string; hint: string; value: string; onChange: (value: string) => void; testId: string };

function Days({ label, hint, value, onChange, testId }: DaysProps) {
  const { rules: text } = useText();
  return (
    <Field label={label} hint={hint} {...(daysIn(value) === undefined && { validationMessage: text.daysProblem })}>
      <Input value={value} onChange={(_, data) => onChange(data.value)} inputMode="numeric" className={styles.number} data-testid={testId} />
    </Field>
  );
}
