/** What the rules of the workspace say about an invitation, before the application is asked. It decides; this only tells earlier. */
import { useRead } from "~/api/queries";
import type { AcceptanceMode, WorkspacePolicy } from "~/backend/bindings/commands";
import { daysFromNow, endOfDay, toDateField } from "~/lib/time";

export type InvitationPlan = { emails: readonly string[]; expires: string; acceptance: AcceptanceMode; hasTerms: boolean };

export type RuleProblems = {
  /** Addresses that are of no allowed domain. */
  strangers: readonly string[];
  /** The latest day, where the chosen one is later. */
  latest: string | null;
  terms: boolean;
  rightAway: boolean;
};

export function useRules(): WorkspacePolicy | undefined {
  return useRead("policy_show", {}).data;
}

/** The latest day of an invitation or an access as the value of a date field; `null` where there is no limit. */
export function latestDay(days: number | null, now: Date): string | null {
  if (days === null) return null;
  const latest = daysFromNow(days, now);
  const day = toDateField(latest);
  // A date stands for the end of its day, which may lie behind the limit.
  const end = endOfDay(day);
  return end !== null && end > latest ? toDateField(daysFromNow(days - 1, now)) : day;
}

export function problemsOf(rules: WorkspacePolicy, plan: InvitationPlan, now: Date): RuleProblems {
  const domainOf = (email: string) => email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  const latest = latestDay(rules.longest_invitation_days, now);
  return {
    strangers: rules.recipient_domains.length === 0 ? [] : plan.emails.filter((email) => !rules.recipient_domains.includes(domainOf(email))),
    latest: latest !== null && plan.expires > latest ? latest : null,
    terms: rules.terms_required && !plan.hasTerms && plan.emails.length > 0,
    rightAway: rules.right_away_forbidden && plan.acceptance === "right-away",
  };
}

export function isAllowed({ strangers, latest, terms, rightAway }: RuleProblems): boolean {
  return strangers.length === 0 && latest === null && !terms && !rightAway;
}
