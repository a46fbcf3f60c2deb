/** What the form for a connection holds, and the request it becomes. Secrets live here only while the form is open. */
import type { ConnectionAdd, Credential } from "~/backend/bindings/commands";

export type SecretKind = Exclude<Credential["kind"], "none">;

export type ConnectionDraft = {
  name: string;
  kind: "folder" | "azure-blob";
  path: string;
  account: string;
  ownEndpoint: boolean;
  endpoint: string;
  credential: SecretKind;
  secret: string;
};

export const EMPTY_DRAFT: ConnectionDraft = {
  name: "", kind: "folder", path: "", account: "", ownEndpoint: false, endpoint: "", credential: "account-key", secret: "",
};

export function toRequest(draft: ConnectionDraft): ConnectionAdd {
  const name = draft.name.trim();
  if (draft.kind === "folder") return { name, settings: { kind: "folder", path: draft.path.trim() }, credential: { kind: "none" } };
  const account = draft.account.trim() || accountIn(draft.secret);
  const endpoint = draft.ownEndpoint && draft.endpoint.trim() !== "" ? draft.endpoint.trim() : null;
  return { name, settings: { kind: "azure-blob", account, endpoint }, credential: { kind: draft.credential, secret: draft.secret.trim() } };
}

/** The account that a connection string names. */
export function accountIn(connectionString: string): string {
  return /(?:^|;)\s*AccountName=([^;]+)/i.exec(connectionString)?.[1]?.trim() ?? "";
}

/** Whether there is enough to test it; a name is needed for saving only. */
export function isTestable(draft: ConnectionDraft): boolean {
  if (draft.kind === "folder") return draft.path.trim() !== "";
  if (draft.secret.trim() === "") return false;
  return draft.credential === "connection-string" || draft.account.trim() !== "";
}
