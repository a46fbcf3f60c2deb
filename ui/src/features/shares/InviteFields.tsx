import { Button, Field, Input, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Textarea } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import type { AcceptanceMode, WorkspacePolicy } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { Bullets } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { endOfDay, shortDate } from "~/lib/time";
import { type RuleProblems, isAllowed, latestDay, problemsOf, useRules } from "~/parts/rules";
import { useText } from "~/text";

import { AddressList } from "./AddressList";

export type InviteDraft = { addresses: string; expires: string; acceptance: AcceptanceMode };

const MODES: AcceptanceMode[] = ["automatic", "ask", "right-away"];

/** Why this draft cannot be sent; `null` when it can. */
export function expiryProblem(draft: InviteDraft, now: Date): "past" | null {
  const end = endOfDay(draft.expires);
  return end === null || new Date(end) <= now ? "past" : null;
}

/** What the rules of the workspace say about this draft. */
export function ruleProblems(rules: WorkspacePolicy, draft: InviteDraft, hasTerms: boolean, now: Date): RuleProblems {
  return problemsOf(rules, { emails: parseAddresses(draft.addresses).valid, expires: draft.expires, acceptance: draft.acceptance, hasTerms }, now);
}

type InviteFieldsProps = { draft: InviteDraft; hasTerms: boolean; onChange: (part: Partial<InviteDraft>) => void };

/** Whom to invite, until when, and what happens when they accept. */
export function InviteFields({ draft, hasTerms, onChange }: InviteFieldsProps) {
  const { wizard: text, kinds, rules: words } = useText();
  const rules = useRules();
  useEarliestEnd(rules, draft, onChange);
  const parsed = parseAddresses(draft.addresses);
  const problem = expiryProblem(draft, new Date());
  return (
    <>
      <Field
        label={text.recipientsLabel}
        hint={text.recipientsFound(parsed.valid.length)}
        {...(parsed.invalid.length > 0 && { validationState: "warning" as const, validationMessage: text.recipientsInvalid(parsed.invalid.length) })}
      >
        <Textarea
          value={draft.addresses}
          onChange={(_, { value }) => onChange({ addresses: value })}
          placeholder={text.recipientsPlaceholder}
          rows={4}
          resize="vertical"
          spellCheck={false}
          data-testid="recipients-input"
        />
      </Field>
      <AddressList parsed={parsed} />
      <Field label={text.expires} style={{ maxWidth: 240 }} {...(problem && { validationMessage: text.expiresPast })}>
        <Input type="date" value={draft.expires} onChange={(_, { value }) => onChange({ expires: value })} data-testid="recipients-expires" />
      </Field>
      <Field label={text.acceptance}>
        <Choice
          name={text.acceptance}
          value={draft.acceptance}
          onChange={(acceptance) => onChange({ acceptance })}
          options={MODES.map((value) => {
            const forbidden = value === "right-away" && (rules?.right_away_forbidden ?? false);
            return { value, label: kinds.acceptance[value], hint: forbidden ? words.rightAwayProblem : kinds.acceptanceHint[value], disabled: forbidden };
          })}
          testId="acceptance"
        />
      </Field>
      {rules && <Forbidden rules={rules} problems={ruleProblems(rules, draft, hasTerms, new Date())} />}
    </>
  );
}

/** The usual end of an invitation may be later than the rules allow; then it begins at the latest one. */
function useEarliestEnd(rules: WorkspacePolicy | undefined, { expires }: InviteDraft, onChange: InviteFieldsProps["onChange"]): void {
  const latest = rules ? latestDay(rules.longest_invitation_days, new Date()) : null;
  useEffect(() => {
    if (latest !== null && expires > latest) onChange({ expires: latest });
    // Only once: what is chosen later is said to be too late, not changed.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies, react/exhaustive-deps
  }, [latest]);
}

const NAMED = 3;

/** Why the rules do not allow it, before anybody asks. */
function Forbidden({ rules, problems }: { rules: WorkspacePolicy; problems: RuleProblems }) {
  const { rules: text, common } = useText();
  const navigate = useNavigate();
  if (isAllowed(problems)) return null;
  const { strangers, latest, terms, rightAway } = problems;
  const named = [...strangers.slice(0, NAMED), ...(strangers.length > NAMED ? [text.more(strangers.length - NAMED)] : [])].join(", ");
  const reasons = [
    strangers.length > 0 && text.domainProblem(named, rules.recipient_domains.join(", ")),
    latest !== null && text.endProblem(shortDate(`${latest}T12:00:00`, common.locale)),
    terms && text.termsProblem,
    rightAway && `${text.rightAway}.`,
  ].filter((reason) => reason !== false);
  return (
    <MessageBar intent="warning" layout="multiline" data-testid="rules-forbid">
      <MessageBarBody>
        <MessageBarTitle>{text.forbidden}</MessageBarTitle>
        <Bullets items={reasons} />
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => void navigate({ to: "/settings", search: { tab: "rules" } })}>
          {text.look}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
