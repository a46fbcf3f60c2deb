import { Button } from "@fluentui/react-components";
import { MailInboxRegular } from "@fluentui/react-icons";

import { type OpenInvitation, type Target, setOpenInvitation } from "~/api/invitation-store";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { InvitationPreview } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { Row } from "~/components/layout";
import { useText } from "~/text";

import { Answer } from "./Answer";
import { ExchangeFolder } from "./ExchangeFolder";
import { Offer } from "./Offer";
import { StatusCard } from "./StatusCard";

/** These errors may mean that the meeting folder is elsewhere on this computer. */
const FOLDER_CODES = ["not-found", "no-such-container", "no-such-file", "unreachable", "denied", "invalid-request"];

/** One invitation: who, what, under which terms, and the answer. Nothing changes until there is one. */
export function InvitationPage({ open }: { open: OpenInvitation }) {
  const { openInvitation: text, invitation: words } = useText();
  const source = { invitation: open.invitation, exchange_folder: open.exchangeFolder };
  // The question holds the invitation's secret, so its answer is not kept.
  const preview = useRead("invitation_show", source, { gcTime: 0, staleTime: 0 });
  const another = () => setOpenInvitation(null);
  const commands = (
    <Button icon={<MailInboxRegular />} onClick={another} data-testid="invitation-another">
      {text.another}
    </Button>
  );
  if (preview.isError && !preview.data) {
    return (
      <Page title={text.title} commands={commands}>
        <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} onLeave={another} />
        {FOLDER_CODES.includes(preview.error.code) && <ExchangeFolder open={open} />}
      </Page>
    );
  }
  return (
    <Page title={preview.data ? words.title(preview.data.share.name) : text.opening} lead={preview.data?.share.description} commands={preview.data && preview.data.status !== "Pending" && commands}>
      <Loaded query={preview}>{(data) => <Shown preview={data} source={source} target={open.target} />}</Loaded>
    </Page>
  );
}

export type Source = { invitation: string; exchange_folder: string | null };

function Shown({ preview, source, target }: { preview: InvitationPreview; source: Source; target: Target | undefined }) {
  const { openInvitation: text } = useText();
  const accept = useChange("invitation_accept");
  // What the provider says may be seen before the acceptance has ended; one that broke off is explained, and goes on, here.
  const underway = accept.isPending || (accept.isError && preview.received !== null);
  const answerable = underway || (preview.status === "Pending" && preview.received === null);
  return (
    <>
      {!answerable && <StatusCard preview={preview} />}
      <Offer preview={preview} />
      {answerable && <Answer preview={preview} source={source} target={target} accept={accept} />}
      {answerable && (
        <Row>
          <Button size="small" appearance="transparent" onClick={() => setOpenInvitation(null)} data-testid="invitation-another">
            {text.another}
          </Button>
        </Row>
      )}
    </>
  );
}
