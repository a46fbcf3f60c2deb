import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowUndoRegular, CalendarRegular, DismissCircleRegular, DocumentCheckmarkRegular, LinkRegular, MoreHorizontalRegular, PersonVoiceRegular, ProhibitedRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import type { RecipientDialogName } from "./RecipientDialogs";

type RecipientActionsProps = { share: ShareDetails; recipient: Recipient; onAsk: (dialog: RecipientDialogName) => void };

/** What can be done with a recipient in its state. */
export function RecipientActions({ share, recipient, onAsk }: RecipientActionsProps) {
  const { recipients: text, common, safety, receipts } = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const reinstate = useChange("recipient_reinstate");
  const name = recipient.name ?? recipient.email;
  const pending = recipient.invitation_status === "Pending";
  const active = recipient.subscription_status === "Active";
  const revoked = recipient.subscription_status === "Revoked";
  const expired = recipient.subscription_status === "Expired";
  if (!pending && !active && !revoked && !expired) return null;
  const showLink = () => void navigate({ to: "/sent/$share/invitations", params: { share: share.id }, search: { ids: recipient.recipient_id } });
  const giveBack = () =>
    reinstate.mutate(
      { share: share.id, recipient: recipient.recipient_id },
      { onSuccess: () => notify(text.reinstated(name)), onError: () => onAsk("reinstate") },
    );
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<MoreHorizontalRegular />} aria-label={common.actionsFor(name)} data-testid="recipient-actions" data-recipient={name} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {pending && (
            <MenuItem icon={<LinkRegular />} onClick={showLink} data-testid="recipient-link">
              {text.copyLink}
            </MenuItem>
          )}
          {pending && (
            <MenuItem icon={<DismissCircleRegular />} onClick={() => onAsk("withdraw")} data-testid="recipient-withdraw">
              {text.withdraw}
            </MenuItem>
          )}
          {recipient.safety_code !== null && (
            <MenuItem icon={<PersonVoiceRegular />} onClick={() => onAsk("safety")} data-testid="recipient-compare">
              {safety.compare}
            </MenuItem>
          )}
          {(active || revoked || expired) && (
            <MenuItem icon={<DocumentCheckmarkRegular />} onClick={() => onAsk("receipt")} data-testid="recipient-receipt">
              {receipts.save}
            </MenuItem>
          )}
          {(active || expired) && (
            <MenuItem icon={<CalendarRegular />} onClick={() => onAsk("expiry")} data-testid="recipient-expiry">
              {text.setExpiry}
            </MenuItem>
          )}
          {active && (
            <MenuItem icon={<ProhibitedRegular />} onClick={() => onAsk("revoke")} data-testid="recipient-revoke">
              {text.revoke}
            </MenuItem>
          )}
          {revoked && (
            <MenuItem icon={<ArrowUndoRegular />} onClick={giveBack} data-testid="recipient-reinstate">
              {text.reinstate}
            </MenuItem>
          )}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
