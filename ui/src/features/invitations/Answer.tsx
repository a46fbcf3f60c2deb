import { Button, Field, Input, Spinner } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { type Target, setOpenInvitation, suggestTarget } from "~/api/invitation-store";
import { type Change, useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { InvitationAccepted, InvitationPreview } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Row } from "~/components/layout";
import { TermsReader } from "~/parts/TermsReader";
import { useNotify } from "~/parts/notify";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

import type { Source } from "./InvitationPage";

type AnswerProps = { preview: InvitationPreview; source: Source; target: Target | undefined; accept: Change<"invitation_accept"> };

/** Accept, reject, or decide later. */
export function Answer({ preview, source, target, accept }: AnswerProps) {
  const { invitation: text } = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const leave = useWayOut();
  const [agreed, setAgreed] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const [name, setName] = useState("");
  const withTerms = preview.terms !== null;
  const goOn = ({ received }: InvitationAccepted) => {
    if (target) suggestTarget(received, target);
    setOpenInvitation(null);
    void navigate({ to: "/received/$received/targets", params: { received } });
  };
  const run = () => {
    const request = { ...source, agree_terms_sha256: withTerms ? preview.terms_sha256 : null, name: name.trim() === "" ? null : name.trim() };
    accept.mutate(request, { onSuccess: goOn });
  };
  const later = () => {
    notify(text.laterNote);
    setOpenInvitation(null);
    void navigate({ to: "/" });
  };
  return (
    <Card title={withTerms ? text.terms : undefined}>
      {preview.terms === null ? <Muted>{text.noTerms}</Muted> : <TermsReader terms={preview.terms} agreed={agreed} onAgree={setAgreed} />}
      <NameField preview={preview} value={name} onChange={setName} />
      {accept.error && <ErrorPanel error={accept.error} onRetry={run} onLeave={leave} />}
      <Row>
        <Button
          appearance="primary"
          icon={accept.isPending ? <Spinner size="tiny" /> : undefined}
          disabled={accept.isPending || (withTerms && !agreed)}
          onClick={run}
          data-testid="invitation-accept"
        >
          {accept.isPending ? text.accepting : text.accept}
        </Button>
        <Button onClick={() => setRejecting(true)} data-testid="invitation-reject">
          {text.reject}
        </Button>
        <Button appearance="subtle" onClick={later} data-testid="invitation-later">
          {text.later}
        </Button>
      </Row>
      {rejecting && <RejectDialog preview={preview} source={source} onClose={() => setRejecting(false)} />}
    </Card>
  );
}

/** Only asked where the share's own name is taken here, by another than the share itself. */
function NameField({ preview, value, onChange }: { preview: InvitationPreview; value: string; onChange: (value: string) => void }) {
  const { invitation: text } = useText();
  const received = useRead("received_list", {});
  const taken = (received.data ?? []).some(({ name }) => name.toLowerCase() === preview.share.name.toLowerCase());
  if (!taken || preview.received !== null) return null;
  return (
    <Field label={text.nameHere} hint={text.nameTaken(preview.share.name)} style={{ maxWidth: 420 }}>
      <Input value={value} onChange={(_, data) => onChange(data.value)} placeholder={`${preview.share.name}-2`} data-testid="received-name" />
    </Field>
  );
}

function RejectDialog({ preview, source, onClose }: Omit<AnswerProps, "target" | "accept"> & { onClose: () => void }) {
  const { invitation: text } = useText();
  const reject = useChange("invitation_reject");
  const notify = useNotify();
  const done = () => {
    notify(text.rejected);
    onClose();
  };
  const run = () => reject.mutate(source, { onSuccess: done });
  return (
    <ConfirmDialog
      title={text.rejectTitle} does={text.rejectDoes(preview.provider.name)} doesNot={text.rejectDoesNot} confirm={text.reject}
      busy={reject.isPending} error={reject.error} onConfirm={run} onClose={onClose} testId="invitation-reject-dialog"
    />
  );
}
