import { Button, Field, Input, Select, Switch } from "@fluentui/react-components";
import { AddRegular, DismissRegular } from "@fluentui/react-icons";

import type { Approver, DatasetApproval } from "~/backend/bindings/commands";
import { Muted, Row, Stack } from "~/components/layout";
import { useText } from "~/text";

import styles from "./Settings.module.css";

export type ApprovalDraft = { approvers: readonly Approver[]; invitationsNeed: boolean; datasetsNeed: DatasetApproval };

export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** As it is copied from a card: blanks and capitals do not count. */
export function fingerprintIn(text: string): string {
  return text.replace(/[\s:-]+/g, "").toLowerCase();
}

/** Why it cannot be saved; `null` when it can. */
export function approvalProblem({ approvers, invitationsNeed, datasetsNeed }: ApprovalDraft): "nobody" | "unfinished" | null {
  if (approvers.some(({ name, fingerprint }) => name.trim() === "" || !isFingerprint(fingerprint))) return "unfinished";
  return (invitationsNeed || datasetsNeed !== "none") && approvers.length === 0 ? "nobody" : null;
}

type ApprovalRulesProps = { draft: ApprovalDraft; onChange: (part: Partial<ApprovalDraft>) => void };

/** What a second person has to approve, and who that may be. */
export function ApprovalRules({ draft, onChange }: ApprovalRulesProps) {
  const { approvals: text } = useText();
  const { approvers } = draft;
  const set = (index: number, part: Partial<Approver>) => onChange({ approvers: approvers.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  return (
    <Stack gap={16} className={styles.form}>
      <Muted>{text.rulesLead}</Muted>
      <Switch label={text.invitationsNeed} checked={draft.invitationsNeed} onChange={(_, { checked }) => onChange({ invitationsNeed: checked })} data-testid="rules-approve-invitations" />
      <Field label={text.datasetsNeed}>
        <Select value={draft.datasetsNeed} onChange={(_, { value }) => onChange({ datasetsNeed: value as DatasetApproval })} data-testid="rules-approve-datasets">
          {Object.entries(text.datasetsNeedChoices).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <fieldset className={styles.approvers} aria-label={text.approvers}>
        <legend>{text.approvers}</legend>
        {approvers.map((one, index) => (
          // The list has no order of its own and no names that differ before they are typed.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index} className={styles.approver}>
            <Field label={text.approverName}>
              <Input value={one.name} onChange={(_, { value }) => set(index, { name: value })} data-testid="approver-name" />
            </Field>
            <Field label={text.approverFingerprint} hint={text.approverHint} {...(one.fingerprint !== "" && !isFingerprint(one.fingerprint) && { validationMessage: text.fingerprintProblem })}>
              <Input value={one.fingerprint} onChange={(_, { value }) => set(index, { fingerprint: fingerprintIn(value) })} spellCheck={false} data-testid="approver-fingerprint" />
            </Field>
            <Button appearance="subtle" icon={<DismissRegular />} aria-label={text.removeApprover(one.name)} onClick={() => onChange({ approvers: approvers.filter((_, at) => at !== index) })} data-testid="approver-remove" />
          </div>
        ))}
        <Row>
          <Button icon={<AddRegular />} onClick={() => onChange({ approvers: [...approvers, { name: "", fingerprint: "" }] })} data-testid="approver-add">
            {text.addApprover}
          </Button>
          {approvalProblem(draft) === "nobody" && (
            <span role="alert" className={styles.problem}>
              {text.nobodyProblem}
            </span>
          )}
        </Row>
      </fieldset>
    </Stack>
  );
}
