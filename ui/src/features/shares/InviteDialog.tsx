import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { endOfDay } from "~/lib/time";
import { ApprovalNeeded, approverNames, useAskApproval } from "~/parts/approval";
import { isAllowed, useRules } from "~/parts/rules";
import { useText } from "~/text";

import { type InviteDraft, InviteFields, expiryProblem, ruleProblems } from "./InviteFields";
import { emptyDraft } from "./draft";

export function InviteDialog({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const words = useText();
  const { recipients: text, common } = words;
  const navigate = useNavigate();
  const [draft, setDraft] = useState<InviteDraft>(() => emptyDraft(new Date()));
  const invite = useChange("invite");
  const { valid, invalid } = parseAddresses(draft.addresses);
  const rules = useRules();
  const hasTerms = share.terms.length > 0;
  const allowedByRules = !rules || isAllowed(ruleProblems(rules, draft, hasTerms, new Date()));
  const allowed = valid.length > 0 && invalid.length === 0 && expiryProblem(draft, new Date()) === null && allowedByRules && !invite.isPending;
  const asking = useAskApproval();
  const needsApproval = rules?.invitations_need_approval ?? false;
  const request = { share: share.id, emails: valid, expires_at: endOfDay(draft.expires), acceptance: draft.acceptance };
  const ask = () => void asking.ask({ invitation: request }, share.name).then((asked) => asked && asking.show(), () => undefined);
  const send = () =>
    invite.mutate(
      request,
      {
        onSuccess: (links) => {
          const ids = links.map(({ invitation_id: id }) => id).join(",");
          void navigate({ to: "/sent/$share/invitations", params: { share: share.id }, search: { ids } });
        },
      },
    );
  const run = needsApproval ? ask : send;
  const error = invite.error ?? asking.error;
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.inviteTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <InviteFields draft={draft} hasTerms={hasTerms} onChange={(part) => setDraft((former) => ({ ...former, ...part }))} />
              {needsApproval && <ApprovalNeeded words={words.approvals.needed(approverNames(rules, words))} />}
              {error && <ErrorPanel error={error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={!allowed || asking.busy} onClick={run} data-testid="invite-send">
              {needsApproval ? words.approvals.ask : text.inviteSend(Math.max(1, valid.length))}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
