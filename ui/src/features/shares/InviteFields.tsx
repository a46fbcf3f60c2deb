import { Field, Input, Textarea } from "@fluentui/react-components";

import type { AcceptanceMode } from "~/backend/bindings/commands";
import { Choice } from "~/components/Choice";
import { parseAddresses } from "~/lib/addresses";
import { endOfDay } from "~/lib/time";
import { useText } from "~/text";

import { AddressList } from "./AddressList";

export type InviteDraft = { addresses: string; expires: string; acceptance: AcceptanceMode };

const MODES: AcceptanceMode[] = ["automatic", "ask", "right-away"];

/** Why this draft cannot be sent; `null` when it can. */
export function expiryProblem(draft: InviteDraft, now: Date): "past" | null {
  const end = endOfDay(draft.expires);
  return end === null || new Date(end) <= now ? "past" : null;
}

type InviteFieldsProps = { draft: InviteDraft; onChange: (part: Partial<InviteDraft>) => void };

/** Whom to invite, until when, and what happens when they accept. */
export function InviteFields({ draft, onChange }: InviteFieldsProps) {
  const { wizard: text, kinds } = useText();
  const parsed = parseAddresses(draft.addresses);
  const problem = expiryProblem(draft, new Date());
  return (
    <>
      <Field
        label={text.recipientsLabel}
        hint={text.recipientsFound(parsed.valid.length)}
        {...(parsed.invalid.length > 0 && { validationState: "warning" as const, validationMessage: text.recipientsInvalid(parsed.invalid.length) })}
      >
        <Textarea
          value={draft.addresses}
          onChange={(_, { value }) => onChange({ addresses: value })}
          placeholder={text.recipientsPlaceholder}
          rows={4}
          resize="vertical"
          spellCheck={false}
          data-testid="recipients-input"
        />
      </Field>
      <AddressList parsed={parsed} />
      <Field label={text.expires} style={{ maxWidth: 240 }} {...(problem && { validationMessage: text.expiresPast })}>
        <Input type="date" value={draft.expires} onChange={(_, { value }) => onChange({ expires: value })} data-testid="recipients-expires" />
      </Field>
      <Field label={text.acceptance}>
        <Choice
          name={text.acceptance}
          value={draft.acceptance}
          onChange={(acceptance) => onChange({ acceptance })}
          options={MODES.map((value) => ({ value, label: kinds.acceptance[value], hint: kinds.acceptanceHint[value] }))}
          testId="acceptance"
        />
      </Field>
    </>
  );
}
