/** The rules of the workspace in memory, obeyed where the application obeys them. */
import type { Invite, ShareDetails, WorkspacePolicy } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { type World, changed, failure } from "./world";

export const NO_RULES: WorkspacePolicy = { recipient_domains: [], longest_invitation_days: null, longest_access_days: null, terms_required: false, right_away_forbidden: false, approvers: [], invitations_need_approval: false, datasets_need_approval: "none" };

const DAY = 86_400_000;

function notAllowed(why: string, hint: string): never {
  throw failure("not-allowed", `The rules of this workspace do not allow it: ${why}`, hint);
}

export function obey({ policy }: World, share: ShareDetails, { emails, expires_at: end, acceptance }: Invite): void {
  const stranger = emails.find((email) => policy.recipient_domains.length > 0 && !policy.recipient_domains.includes(email.split("@")[1]?.toLowerCase() ?? ""));
  if (stranger !== undefined) notAllowed(`${stranger} is not of ${policy.recipient_domains.join(", ")}.`, "Invite another address, or ask whoever set the rules.");
  if (policy.terms_required && share.terms.length === 0) notAllowed("the share has no terms.", "Write terms for the share, then invite.");
  if (policy.right_away_forbidden && acceptance === "right-away") notAllowed("the recipient could start before its acceptance was verified.", "Choose another way of accepting.");
  const longest = policy.longest_invitation_days;
  if (longest !== null && end !== null && new Date(end).getTime() > Date.now() + longest * DAY) notAllowed(`an invitation may last ${longest} days at most.`, "Choose an earlier date.");
}

function domainOf(text: string): string {
  const domain = text.trim().replace(/^@/, "").toLowerCase();
  if (!/^[^\s@,;/.]+(\.[^\s@,;/.]+)*$/.test(domain)) throw failure("invalid-request", `'${text}' is not a domain.`, "Write it like fabrikam.example.");
  return domain;
}

export const policyHandlers = {
  policy_show: (world) => world.policy,
  policy_set: (world, request) => {
    if ((request.invitations_need_approval || request.datasets_need_approval !== "none") && request.approvers.length === 0) throw failure("invalid-request", "Nobody is named who could approve.", "Name at least one approver by the fingerprint of their own workspace.");
    world.policy = { ...request, recipient_domains: request.recipient_domains.map(domainOf) };
    changed(world, "workspace");
    return world.policy;
  },
} satisfies Partial<Handlers>;
