import {
  Badge, Button, Checkbox, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle,
} from "@fluentui/react-components";
import { DocumentEditRegular, DocumentTextRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { ShareDetails, TermsVersion } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { DateOnly } from "~/components/Time";
import { Bullets, Card, EmptyState, Muted, Row, Stack } from "~/components/layout";
import { OutsideMarkdown } from "~/parts/OutsideMarkdown";
import { TermsDifference } from "~/parts/TermsDifference";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { TermsEditor } from "./TermsEditor";

export function TermsTab({ share }: { share: ShareDetails }) {
  const { terms: text } = useText();
  const [editing, setEditing] = useState(false);
  const edit = (
    <Button icon={<DocumentEditRegular />} onClick={() => setEditing(true)} data-testid="terms-edit">
      {text.edit}
    </Button>
  );
  return (
    <>
      {share.terms.length === 0 ? (
        <EmptyState icon={<DocumentTextRegular />} title={text.emptyTitle} body={text.emptyBody}>
          {edit}
        </EmptyState>
      ) : (
        <>
          <Row>{edit}</Row>
          {share.terms.map((version, index) => (
            <Version key={version.sha256} version={version} current={index === 0} share={share} />
          ))}
        </>
      )}
      {editing && <EditDialog share={share} onClose={() => setEditing(false)} />}
    </>
  );
}

type VersionProps = { version: TermsVersion; current: boolean; share: ShareDetails };
type Shown = "nothing" | "text" | "changes" | "people";

/** As many people are named who agreed to a version. */
const NAMED = 50;

function Version({ version, current, share }: VersionProps) {
  const { terms: text } = useText();
  const [shown, setShown] = useState<Shown>(current ? "text" : "nothing");
  const agreed = share.recipients.filter(({ terms_sha256: hash }) => hash === version.sha256);
  const title = text.version(version.version);
  const toggle = (what: Shown, label: string) => (
    <Button size="small" appearance="subtle" aria-expanded={shown === what} aria-label={`${label}: ${title}`} onClick={() => setShown(shown === what ? "nothing" : what)} data-testid={`terms-${what}-${version.version}`}>
      {shown === what ? text.hide : label}
    </Button>
  );
  return (
    <Card
      title={title}
      actions={
        <Row gap={4}>
          {version.version > 1 && toggle("changes", text.showChanges)}
          {agreed.length > 0 && toggle("people", text.who)}
          {toggle("text", text.showText)}
        </Row>
      }
    >
      <Row gap={12}>
        {current && <Badge appearance="tint">{text.current}</Badge>}
        {version.must_be_accepted_again && <Muted small>{text.mustAgreeShort}</Muted>}
        <Muted small>
          <DateOnly at={version.created_at} />
        </Muted>
        <Muted small>{text.agreedBy(agreed.length)}</Muted>
      </Row>
      {shown === "text" && <OutsideMarkdown>{version.text}</OutsideMarkdown>}
      {shown === "changes" && <TermsDifference name={share.id} to={version.version} />}
      {shown === "people" && <Bullets items={[...agreed.slice(0, NAMED).map(({ name, organisation, email }) => [name, organisation, email].filter(Boolean).join(", ")), ...(agreed.length > NAMED ? [text.whoMore(agreed.length - NAMED)] : [])]} />}
    </Card>
  );
}

function EditDialog({ share, onClose }: { share: ShareDetails; onClose: () => void }) {
  const { terms: text, common } = useText();
  const former = share.terms[0]?.text ?? "";
  const [value, setValue] = useState(former);
  const [mustAgree, setMustAgree] = useState(true);
  const update = useChange("share_update");
  const notify = useNotify();
  const run = () =>
    update.mutate(
      { share: share.id, description: null, terms: value, terms_must_be_accepted_again: mustAgree },
      {
        onSuccess: () => {
          notify(text.saved);
          onClose();
        },
      },
    );
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface style={{ maxWidth: 880 }}>
        <DialogBody>
          <DialogTitle>{text.editTitle}</DialogTitle>
          <DialogContent style={{ containerType: "inline-size" }}>
            <Stack gap={16}>
              <TermsEditor value={value} onChange={setValue} />
              <Checkbox label={text.mustAgree} checked={mustAgree} onChange={(_, { checked }) => setMustAgree(checked === true)} data-testid="terms-must-agree" />
              {update.error && <ErrorPanel error={update.error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={value.trim() === "" || value === former || update.isPending} onClick={run} data-testid="terms-publish">
              {text.publish}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
