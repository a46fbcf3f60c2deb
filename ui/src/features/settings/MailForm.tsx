import { Button, Field, Input, Select } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { MailSecurity, MailSettings } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Row, Stack } from "~/components/layout";
import { useText } from "~/text";

const USUAL_PORT: Record<MailSecurity, string> = { tls: "465", "start-tls": "587", none: "25" };
const SECURITIES = Object.keys(USUAL_PORT) as MailSecurity[];

type MailFormProps = { known: MailSettings | null; onDone: () => void };
type Draft = { server: string; security: MailSecurity; port: string; from: string; user: string; password: string };

function draftOf(known: MailSettings): Draft {
  return { ...known, port: String(known.port), user: known.user ?? "", password: "" };
}

export function MailForm({ known, onDone }: MailFormProps) {
  const { mail: text, common } = useText();
  const own = useRead("workspace_status", {}).data?.card?.email ?? "";
  const [draft, setDraft] = useState<Draft>(known ? draftOf(known) : { server: "", security: "tls", port: USUAL_PORT.tls, from: own, user: own, password: "" });
  const set = useChange("mail_set");
  const change = (part: Partial<Draft>) => setDraft((former) => ({ ...former, ...part }));
  const complete = draft.server.trim() !== "" && draft.from.trim() !== "" && Number(draft.port) > 0;
  const save = (event: FormEvent) => {
    event.preventDefault();
    const { password, ...settings } = draft;
    const request = { settings: { ...settings, port: Number(draft.port), user: draft.user.trim() || null }, password: password || null };
    if (complete) set.mutate(request, { onSuccess: onDone });
  };
  const textField = (name: "server" | "from" | "user", hint?: string) => (
    <Field label={text[name]} {...(hint && { hint })} required={name !== "user"}>
      <Input value={draft[name]} onChange={(_, { value }) => change({ [name]: value })} autoComplete="off" spellCheck={false} data-testid={`mail-${name}`} />
    </Field>
  );
  return (
    <form onSubmit={save}>
      <Stack gap={16}>
        {textField("server", text.serverHint)}
        <Field label={text.security}>
          <Select value={draft.security} onChange={(_, { value }) => change({ security: value as MailSecurity, port: USUAL_PORT[value as MailSecurity] })} data-testid="mail-security">
            {SECURITIES.map((security) => (
              <option key={security} value={security}>
                {text.securities[security]}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={text.port} required>
          <Input type="number" min={1} max={65_535} value={draft.port} onChange={(_, { value }) => change({ port: value })} data-testid="mail-port" />
        </Field>
        {textField("from")}
        {textField("user", text.userHint)}
        <Field label={text.password} hint={known?.user ? text.passwordKept : text.passwordHint}>
          <Input type="password" value={draft.password} onChange={(_, { value }) => change({ password: value })} autoComplete="off" data-testid="mail-password" />
        </Field>
        {set.error && <ErrorPanel error={set.error} />}
        <Row>
          <Button type="submit" appearance="primary" disabled={!complete || set.isPending} data-testid="mail-save">
            {text.save}
          </Button>
          <Button appearance="subtle" onClick={onDone}>
            {common.cancel}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
