/** Asking a second person: whom the rules name, and the file that carries the request. */
import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import type { Approval, ErrorDto, WantedChange, WorkspacePolicy } from "~/backend/bindings/commands";
import { folderName } from "~/lib/paths";
import { type Text, useText } from "~/text";

import { useNotify } from "./notify";

/** “Mira, Ben or Hana”; a stand-in where nobody is known by name. */
export function approverNames(rules: WorkspacePolicy | undefined, { approvals: text }: Text, fingerprints?: readonly string[]): string {
  const named = rules?.approvers.filter(({ fingerprint }) => fingerprints?.includes(fingerprint) ?? true);
  const names = named?.map(({ name }) => name) ?? [];
  if (names.length === 0) return text.somebody;
  return names.length === 1 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} ${text.or} ${names.at(-1)}`;
}

/** Whether the rules leave adding this to a second person. */
export function datasetNeedsApproval(rules: WorkspacePolicy | undefined, sensitive: boolean): boolean {
  return rules?.datasets_need_approval === "every" || (rules?.datasets_need_approval === "sensitive" && sensitive);
}

type Asking = {
  /** Asks where to save the request; `null` when the person changed their mind. */
  ask: (change: WantedChange, share: string) => Promise<Approval | null>;
  /** Says that it is done, and shows what waits. */
  show: () => void;
  busy: boolean;
  error: ErrorDto | null;
};

export function useAskApproval(): Asking {
  const { approvals: text } = useText();
  const backend = useBackend();
  const navigate = useNavigate();
  const notify = useNotify();
  const change = useChange("approval_ask");
  const ask = async (wanted: WantedChange, share: string) => {
    const path = await backend.pickSaveFile(`${folderName(text.fileName(share))}.datashare-approval`);
    return path === null ? null : change.mutateAsync({ change: wanted, path });
  };
  const show = () => {
    notify(text.asked);
    void navigate({ to: "/approvals" });
  };
  return { ask, show, busy: change.isPending, error: change.error };
}

/** That somebody else has to say yes, before anything is pressed. */
export function ApprovalNeeded({ words }: { words: string }) {
  return (
    <MessageBar intent="info" layout="multiline" data-testid="approval-needed">
      <MessageBarBody>{words}</MessageBarBody>
    </MessageBar>
  );
}
