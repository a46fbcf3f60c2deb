/** What each answer is made of, and what each change makes stale. Query keys and reloading follow from this table. */
import type { CommandName } from "~/backend/backend";
import type { READS, Tag } from "~/backend/bindings/commands";

export type ReadName = (typeof READS)[number];
export type ChangeName = Exclude<CommandName, ReadName>;

export const READ_TAGS = {
  workspace_status: ["workspace"],
  connection_list: ["connections"],
  connection_test: ["connections"],
  connection_try: [],
  connection_browse: ["connections"],
  connection_preview: ["connections"],
  share_list: ["shares"],
  share_show: ["shares"],
  share_history: ["shares", "snapshots"],
  invitation_list: ["shares"],
  invitation_link: ["shares"],
  recipient_list: ["shares"],
  invitation_show: ["received"],
  received_list: ["received"],
  received_show: ["received"],
  mapping_preview: ["received", "connections"],
  snapshot_plan: ["received", "snapshots"],
  snapshot_list: ["snapshots"],
  snapshot_show: ["snapshots"],
  activity: ["snapshots"],
  audit_log: ["shares", "received"],
  audit_verify: ["shares", "received"],
  audit_check: [],
  grant_list: ["shares"],
  policy_show: ["workspace"],
  mail_show: ["workspace"],
  receipt_verify: [],
  recipient_find: ["shares"],
  activity_find: ["snapshots", "shares"],
  approval_list: ["shares"],
  approval_show: ["shares"],
  terms_compare: ["shares", "received"],
} as const satisfies Record<ReadName, readonly Tag[]>;

export const CHANGE_TAGS = {
  workspace_initialise: ["workspace"],
  vault_choose: ["workspace", "connections", "shares", "received"],
  connection_add: ["connections"],
  connection_remove: ["connections"],
  share_create: ["shares", "connections"],
  share_update: ["shares"],
  share_delete: ["shares", "connections"],
  dataset_add: ["shares", "connections"],
  dataset_remove: ["shares", "connections"],
  publish: ["shares"],
  invite: ["shares"],
  approval_ask: ["shares"],
  approval_grant: [],
  approval_refuse: [],
  approval_import: ["shares", "connections"],
  invitation_save: [],
  invitation_withdraw: ["shares"],
  recipient_approve: ["shares"],
  recipient_decline: ["shares"],
  recipient_revoke: ["shares"],
  recipient_reinstate: ["shares"],
  recipient_set_expiry: ["shares"],
  invitation_accept: ["received"],
  invitation_reject: ["received"],
  received_refresh: ["received"],
  received_agree_terms: ["received"],
  received_leave: ["received", "connections"],
  mapping_set: ["received", "connections"],
  mapping_clear: ["received", "connections"],
  snapshot_start: ["snapshots", "received"],
  snapshot_cancel: ["snapshots", "received"],
  snapshot_pause: ["snapshots", "received"],
  snapshot_resume: ["snapshots", "received"],
  snapshot_limit: ["snapshots", "received"],
  audit_export: [],
  grant_export: [],
  receipt_save: [],
  policy_set: ["workspace"],
  mail_set: ["workspace"],
  mail_clear: ["workspace"],
  mail_test: [],
  invitation_send: [],
  vault_change_passphrase: ["workspace"],
  workspace_export: [],
  workspace_import: ["workspace", "connections", "shares", "received", "snapshots"],
  agent_round: ["shares", "received"],
  demo_create: ["workspace", "connections", "shares"],
  demo_remove: ["workspace", "connections", "shares", "received", "snapshots"],
} as const satisfies Record<ChangeName, readonly Tag[]>;

/** Whether an answer with this query key is made of any of the tags. */
export function isStale(queryKey: readonly unknown[], tags: readonly Tag[]): boolean {
  const name = queryKey[0] as ReadName;
  const made: readonly Tag[] = READ_TAGS[name] ?? [];
  return made.some((tag) => tags.includes(tag));
}
