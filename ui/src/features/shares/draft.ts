/** What the steps of a new share collect. */
import type { Connection, WorkspacePolicy } from "~/backend/bindings/commands";
import { parseAddresses } from "~/lib/addresses";
import { daysFromNow, toDateField } from "~/lib/time";

import { isAllowed } from "~/parts/rules";
import { type ScheduleDraft, wishOf } from "~/parts/schedule";

import { type InviteDraft, expiryProblem, ruleProblems } from "./InviteFields";
import type { Chosen } from "./chosen";

export type ShareDraft = InviteDraft & {
  name: string;
  description: string;
  terms: string;
  exchange: Connection | undefined;
  exchangePrefix: string;
  chosen: Chosen[];
  /** Null while none is offered. */
  schedule: ScheduleDraft | null;
};

export const STEPS = ["details", "datasets", "schedule", "recipients", "review"] as const;
export type Step = (typeof STEPS)[number];

const VALID_DAYS = 30;

export function emptyDraft(now: Date): ShareDraft {
  return {
    name: "", description: "", terms: "", exchange: undefined, exchangePrefix: "", chosen: [], schedule: null,
    addresses: "", expires: toDateField(daysFromNow(VALID_DAYS, now)), acceptance: "automatic",
  };
}

/** What is known beside the draft; the rules once they were read. */
type Known = { takenNames: readonly string[]; rules: WorkspacePolicy | undefined; now: Date };

/** Whether a step is filled in far enough to go on. */
export function isComplete(step: Step, draft: ShareDraft, { takenNames, rules, now }: Known): boolean {
  switch (step) {
    case "details":
      return draft.name.trim() !== "" && !isTaken(draft.name, takenNames) && draft.exchange !== undefined;
    case "recipients":
      return parseAddresses(draft.addresses).invalid.length === 0 && expiryProblem(draft, now) === null && (!rules || isAllowed(ruleProblems(rules, draft, draft.terms.trim() !== "", now)));
    case "schedule":
      return draft.schedule === null || wishOf(draft.schedule) !== null;
    case "datasets":
    case "review":
      return true;
  }
}

export function isTaken(name: string, takenNames: readonly string[]): boolean {
  return takenNames.some((taken) => taken.toLowerCase() === name.trim().toLowerCase());
}
