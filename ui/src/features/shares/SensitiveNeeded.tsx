import { ApprovalNeeded, approverNames, datasetNeedsApproval } from "~/parts/approval";
import { useRules } from "~/parts/rules";
import { useText } from "~/text";

import type { Chosen } from "./chosen";

/** That what is marked as sensitive waits for a second person, where the rules say so. */
export function SensitiveNeeded({ chosen }: { chosen: readonly Chosen[] }) {
  const words = useText();
  const rules = useRules();
  const waiting = chosen.filter(({ sensitive }) => datasetNeedsApproval(rules, sensitive)).length;
  if (waiting === 0) return null;
  return <ApprovalNeeded words={words.approvals.wizardSensitive(waiting, approverNames(rules, words))} />;
}
