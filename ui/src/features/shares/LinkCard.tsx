import { Button } from "@fluentui/react-components";
import { DocumentArrowDownRegular, MailRegular, QrCodeRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { InvitationLink } from "~/backend/bindings/commands";
import { CopyButton } from "~/components/CopyButton";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { QrCode } from "~/components/QrCode";
import { DateOnly } from "~/components/Time";
import { Card, Muted, Row } from "~/components/layout";
import { invitationFileName, mailtoUrl } from "~/lib/invitation";
import { useText } from "~/text";

import { useSendByMail } from "./SendByMail";
import styles from "./LinkCard.module.css";

/** What the largest code holds, in bytes. */
const MOST_IN_CODE = 2900;

type LinkCardProps = { invitationId: string; share: string };

export function LinkCard({ invitationId, share }: LinkCardProps) {
  // The link is a key, so it does not stay in memory longer than the page.
  const link = useRead("invitation_link", { invitation_id: invitationId }, { gcTime: 0 });
  return <Loaded query={link}>{(data) => <Opened link={data} share={share} />}</Loaded>;
}

function Opened({ link, share }: { link: InvitationLink; share: string }) {
  const { links: text } = useText();
  const backend = useBackend();
  const mail = useSendByMail([link.invitation_id]);
  const [code, setCode] = useState(false);
  const save = useChange("invitation_save");
  const saveFile = async () => {
    const path = await backend.pickSaveFile(invitationFileName(share, link.email));
    if (path !== null) save.mutate({ invitation_id: link.invitation_id, path });
  };
  const openMail = () => void backend.openExternal(mailtoUrl(link.email, link.mail_subject, link.mail_text));
  return (
    <Card title={link.email}>
      <Muted small>
        {text.validUntil} <DateOnly at={link.expires_at} />
      </Muted>
      <div className={styles.link} data-testid="invitation-link-text" title={text.link}>
        {link.link}
      </div>
      <Row>
        <CopyButton appearance="primary" text={link.link} label={text.copyLink} testId="invitation-copy" />
        <Button icon={<MailRegular />} onClick={openMail} title={text.mailHint} data-testid="invitation-mail">
          {text.openMail}
        </Button>
        {mail.button}
        <Button icon={<QrCodeRegular />} aria-expanded={code} onClick={() => setCode(!code)} data-testid="invitation-code">
          {code ? text.hideCode : text.showCode}
        </Button>
        <Button icon={<DocumentArrowDownRegular />} onClick={() => void saveFile()} disabled={save.isPending} data-testid="invitation-save">
          {text.saveFile}
        </Button>
      </Row>
      {code && (link.link.length > MOST_IN_CODE ? <Muted>{text.codeTooLong}</Muted> : <QrCode text={link.link} label={text.codeLabel(link.email)} />)}
      {mail.outcome}
      <Muted small>{text.attachHint}</Muted>
      {save.data?.file && <Muted small>{text.saved(save.data.file)}</Muted>}
      {save.error && <ErrorPanel error={save.error} onRetry={() => void saveFile()} />}
    </Card>
  );
}
