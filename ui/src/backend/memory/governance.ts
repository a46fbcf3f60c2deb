/** Receipts, exports, policy and moving a workspace work on files and signed logs. There are none in memory, and no screen asks. */
import type { Handlers } from "./handlers";
import { failure } from "./world";

function onlyForReal(): never {
  throw failure("unsupported", "This needs a workspace on a disk; the one here is in memory only.");
}

export const governanceHandlers = {
  policy_show: onlyForReal,
  policy_set: onlyForReal,
  approval_list: () => [],
  approval_show: onlyForReal,
  approval_ask: onlyForReal,
  approval_grant: onlyForReal,
  approval_refuse: onlyForReal,
  approval_import: onlyForReal,
  audit_check: onlyForReal,
  audit_export: onlyForReal,
  grant_list: onlyForReal,
  grant_export: onlyForReal,
  receipt_verify: onlyForReal,
  receipt_save: onlyForReal,
  terms_compare: onlyForReal,
  vault_change_passphrase: onlyForReal,
  workspace_export: onlyForReal,
  workspace_import: onlyForReal,
} satisfies Partial<Handlers>;
