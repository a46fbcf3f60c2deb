import { Badge, type BadgeProps } from "@fluentui/react-components";
import {
  ArrowSyncFilled, CheckmarkCircleFilled, ClockFilled, ErrorCircleFilled, SubtractCircleFilled, WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { ApprovalStatus, InvitationStatus, MappingStatus, SnapshotStatus, SubscriptionStatus } from "~/backend/bindings/commands";
import { useText } from "~/text";

type Tone = "good" | "busy" | "waiting" | "warning" | "bad" | "over";

/** Each tone has an own sign, so that colour never speaks alone. */
const TONES: Record<Tone, { color: NonNullable<BadgeProps["color"]>; icon: ReactElement }> = {
  good: { color: "success", icon: <CheckmarkCircleFilled /> },
  busy: { color: "brand", icon: <ArrowSyncFilled /> },
  waiting: { color: "informative", icon: <ClockFilled /> },
  warning: { color: "warning", icon: <WarningFilled /> },
  bad: { color: "danger", icon: <ErrorCircleFilled /> },
  over: { color: "subtle", icon: <SubtractCircleFilled /> },
};

const SNAPSHOT: Record<SnapshotStatus, Tone> = {
  Queued: "waiting", Planning: "busy", Running: "busy", Pausing: "busy", Paused: "waiting", Cancelling: "busy", Cancelled: "over",
  Succeeded: "good", PartlySucceeded: "warning", Failed: "bad", NeedsAttention: "warning",
};
const INVITATION: Record<InvitationStatus, Tone> = {
  Pending: "waiting", WaitingForProvider: "warning", Accepted: "good", Rejected: "over", Withdrawn: "over", Expired: "over", Refused: "bad",
};
const SUBSCRIPTION: Record<SubscriptionStatus, Tone> = {
  WaitingForProvider: "waiting", Active: "good", Revoking: "warning", Revoked: "bad", SourceDeleted: "over", Expired: "over", Refused: "bad", Left: "over",
};
const APPROVAL: Record<ApprovalStatus, Tone> = { waiting: "waiting", expired: "over", approved: "good", refused: "bad", done: "good" };
const MAPPING: Record<MappingStatus, Tone> = { Ok: "good", Unmapped: "waiting", Broken: "bad" };

function ToneBadge({ tone, children, testId }: { tone: Tone; children: string; testId?: string | undefined }) {
  const { color, icon } = TONES[tone];
  return (
    <Badge appearance="tint" color={color} icon={icon} size="large" style={{ flexShrink: 0, whiteSpace: "nowrap" }} data-testid={testId}>
      {children}
    </Badge>
  );
}

export function SnapshotBadge({ status, testId }: { status: SnapshotStatus; testId?: string }) {
  return <ToneBadge tone={SNAPSHOT[status]} testId={testId}>{useText().statuses.snapshot[status]}</ToneBadge>;
}

export function InvitationBadge({ status }: { status: InvitationStatus }) {
  return <ToneBadge tone={INVITATION[status]}>{useText().statuses.invitation[status]}</ToneBadge>;
}

export function SubscriptionBadge({ status, testId }: { status: SubscriptionStatus; testId?: string }) {
  return <ToneBadge tone={SUBSCRIPTION[status]} testId={testId}>{useText().statuses.subscription[status]}</ToneBadge>;
}

export function MappingBadge({ status }: { status: MappingStatus }) {
  return <ToneBadge tone={MAPPING[status]}>{useText().statuses.mapping[status]}</ToneBadge>;
}

export function ApprovalBadge({ status }: { status: ApprovalStatus }) {
  return <ToneBadge tone={APPROVAL[status]}>{useText().approvals.status[status]}</ToneBadge>;
}

export function isRunning(status: SnapshotStatus): boolean {
  return SNAPSHOT[status] === "busy" || status === "Queued" || status === "Paused";
}

