import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { daysFromNow, endOfDay, shortDate, toDateField } from "~/lib/time";
import { SafetyCompare } from "~/parts/SafetyCompare";
import { useNotify } from "~/parts/notify";
import { ShareReceiptDialog } from "~/parts/receipt";
import { latestDay, useRules } from "~/parts/rules";
import { useText } from "~/text";

export type RecipientDialogName = "revoke" | "reinstate" | "decline" | "withdraw" | "expiry" | "safety" | "receipt";
type DialogProps = { share: ShareDetails; recipient: Recipient; onClose: () => void };

/** The questions before something happens to a recipient. */
export function RecipientDialogs({ name, ...props }: DialogProps & { name: RecipientDialogName }) {
  switch (name) {
    case "revoke":
      return <Revoke {...props} />;
    case "reinstate":
      return <Reinstate {...props} />;
    case "decline":
      return <Decline {...props} />;
    case "withdraw":
      return <Withdraw {...props} />;
    case "expiry":
      return <Expiry {...props} />;
    case "safety":
      return <Compare {...props} />;
    case "receipt":
      return <ShareReceiptDialog share={props.share.id} chosen={props.recipient.recipient_id} onClose={props.onClose} />;
  }
}

function Compare({ recipient: { name, email, organisation, safety_code: code }, onClose }: DialogProps) {
  return code === null ? null : <SafetyCompare other={{ name: name ?? email, organisation, code, side: "recipient" }} onClose={onClose} />;
}

function useDone({ recipient, onClose }: DialogProps) {
  const notify = useNotify();
  const name = recipient.name ?? recipient.email;
  return {
    name,
    done: (message: string) => () => {
      notify(message);
      onClose();
    },
  };
}

function Revoke(props: DialogProps) {
  const text = useText().recipients;
  const { name, done } = useDone(props);
  const revoke = useChange("recipient_revoke");
  const run = () => revoke.mutate({ share: props.share.id, recipient: props.recipient.recipient_id }, { onSuccess: done(text.revoked(name)) });
  return (
    <ConfirmDialog
      title={text.revokeTitle(name)} does={text.revokeDoes} doesNot={text.revokeDoesNot} confirm={text.revoke}
      busy={revoke.isPending} error={revoke.error} onConfirm={run} onClose={props.onClose} testId="recipient-revoke-dialog"
    />
  );
}

/** Shows only where giving back failed at the first try. */
function Reinstate(props: DialogProps) {
  const text = useText().recipients;
  const { name, done } = useDone(props);
  const reinstate = useChange("recipient_reinstate");
  const run = () => reinstate.mutate({ share: props.share.id, recipient: props.recipient.recipient_id }, { onSuccess: done(text.reinstated(name)) });
  return (
    <ConfirmDialog
      title={text.reinstateTitle(name)} does={text.reinstateDoes} doesNot={[]} confirm={text.reinstate}
      busy={reinstate.isPending} error={reinstate.error} onConfirm={run} onClose={props.onClose}
    />
  );
}

function Decline(props: DialogProps) {
  const text = useText().recipients;
  const { name, done } = useDone(props);
  const decline = useChange("recipient_decline");
  const run = () => decline.mutate({ share: props.share.id, recipient: props.recipient.recipient_id }, { onSuccess: done(text.declined(name)) });
  return (
    <ConfirmDialog
      title={text.declineTitle(name)} does={text.declineDoes} doesNot={text.declineDoesNot} confirm={text.decline}
      busy={decline.isPending} error={decline.error} onConfirm={run} onClose={props.onClose}
    />
  );
}

function Withdraw(props: DialogProps) {
  const text = useText().recipients;
  const { done } = useDone(props);
  const { email, recipient_id: id } = props.recipient;
  const withdraw = useChange("invitation_withdraw");
  const run = () => withdraw.mutate({ invitation_id: id }, { onSuccess: done(text.withdrawn(email)) });
  return (
    <ConfirmDialog
      title={text.withdrawTitle(email)} does={text.withdrawDoes} doesNot={text.withdrawDoesNot} confirm={text.withdraw}
      busy={withdraw.isPending} error={withdraw.error} onConfirm={run} onClose={props.onClose}
    />
  );
}

const LONGER_BY_DAYS = 90;

function Expiry(props: DialogProps) {
  const { recipients: text, common, wizard, rules } = useText();
  const { name, done } = useDone(props);
  const { recipient, share, onClose } = props;
  const [date, setDate] = useState(() => toDateField(recipient.expires_at ?? daysFromNow(LONGER_BY_DAYS, new Date())));
  const change = useChange("recipient_set_expiry");
  const end = endOfDay(date);
  const past = end === null || new Date(end) <= new Date();
  const latest = latestDay(useRules()?.longest_access_days ?? null, new Date());
  const late = latest !== null && date > latest;
  const problem = past ? wizard.expiresPast : late ? rules.accessProblem(shortDate(`${latest}T12:00:00`, common.locale)) : undefined;
  const run = () => end && change.mutate({ share: share.id, recipient: recipient.recipient_id, expires_at: end }, { onSuccess: done(text.expiryChanged) });
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.setExpiryTitle(name)}</DialogTitle>
          <DialogContent>
            <Stack gap={12}>
              <Field label={text.setExpiryLabel} {...(problem && { validationMessage: problem })}>
                <Input type="date" value={date} onChange={(_, { value }) => setDate(value)} data-testid="recipient-expiry-date" />
              </Field>
              {change.error && <ErrorPanel error={change.error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={past || late || change.isPending} onClick={run} data-testid="recipient-expiry-save">
              {common.save}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
