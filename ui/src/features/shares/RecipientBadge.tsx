import type { Recipient } from "~/backend/bindings/commands";
import { InvitationBadge, SubscriptionBadge } from "~/components/StatusBadge";

/** The state that matters: of the access once there is one, of the invitation before. */
export function RecipientBadge({ recipient: { invitation_status: invitation, subscription_status: subscription } }: { recipient: Recipient }) {
  if (subscription !== null && subscription !== "WaitingForProvider") return <SubscriptionBadge status={subscription} />;
  return <InvitationBadge status={invitation} />;
}
