import {
  Badge, Button, Checkbox, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle,
} from "@fluentui/react-components";
import { DocumentEditRegular, DocumentTextRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { ShareDetails, TermsVersion } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { DateOnly } from "~/components/Time";
import { Card, EmptyState, Muted, Row, Stack } from "~/components/layout";
import { OutsideMarkdown } from "~/parts/OutsideMarkdown";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { TermsEditor } from "./TermsEditor";

export function TermsTab({ share }: { share: ShareDetails }) {
  const { terms: text } = useText();
  const [editing, setEditing] = useState(false);
  const [opened, setOpened] = useState<string | undefined>(share.terms[0]?.sha256);
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
            <Version key={version.sha256} version={version} current={index === 0} share={share} open={opened === version.sha256} onToggle={() => setOpened(opened === version.sha256 ? undefined : version.sha256)} />
          ))}
        </>
      )}
      {editing && <EditDialog share={share} onClose={() => setEditing(false)} />}
    </>
  );
}

type VersionProps = { version: TermsVersion; current: boolean; share: ShareDetails; open: boolean; onToggle: () => void };

function Version({ version, current, share, open, onToggle }: VersionProps) {
  const { terms: text, common } = useText();
  const agreed = share.recipients.filter(({ terms_sha256: hash }) => hash === version.sha256).length;
  const title = text.version(version.version);
  return (
    <Card
      title={title}
      actions={
        <Button size="small" appearance="subtle" aria-expanded={open} onClick={onToggle} aria-label={`${open ? common.hide : common.show}: ${title}`}>
          {open ? common.hide : common.show}
        </Button>
      }
    >
      <Row gap={12}>
        {current && <Badge appearance="tint">{text.current}</Badge>}
        {version.must_be_accepted_again && <Muted small>{text.mustAgreeShort}</Muted>}
        <Muted small>
          <DateOnly at={version.created_at} />
        </Muted>
        <Muted small>{text.agreedBy(agreed)}</Muted>
      </Row>
      {open && <OutsideMarkdown>{version.text}</OutsideMarkdown>}
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
