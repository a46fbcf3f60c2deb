import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { CheckmarkCircleRegular, PersonVoiceRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import { SafetyCode } from "~/components/SafetyCode";
import { Muted, Row, Stack } from "~/components/layout";
import { shortDate } from "~/lib/time";
import { useText } from "~/text";

import styles from "./SafetyCompare.module.css";
import { noteCompared, useCompared } from "./compared";
import { useNotify } from "./notify";

export type OtherSide = { name: string; organisation: string | null; code: string; side: "provider" | "recipient" };

/** Opens the comparison, and says when it was done. */
export function CompareButton({ other }: { other: OtherSide }) {
  const { safety: text, common } = useText();
  const [open, setOpen] = useState(false);
  const compared = useCompared(other.code);
  return (
    <Row>
      <Button size="small" icon={compared === null ? <PersonVoiceRegular /> : <CheckmarkCircleRegular />} onClick={() => setOpen(true)} data-testid="safety-compare">
        {compared === null ? text.compare : text.again}
      </Button>
      {compared !== null && <Muted small>{text.comparedOn(shortDate(compared, common.locale))}</Muted>}
      {open && <SafetyCompare other={other} onClose={() => setOpen(false)} />}
    </Row>
  );
}

/** Two people on the telephone: what each of them reads out, and what to do when it differs. The same on both sides. */
export function SafetyCompare({ other, onClose }: { other: OtherSide; onClose: () => void }) {
  const { safety: text, common } = useText();
  const mine = useRead("workspace_status", {}).data?.card?.safety_code ?? "";
  const [differs, setDiffers] = useState(false);
  const notify = useNotify();
  const same = () => {
    noteCompared(other.code, new Date().toISOString());
    notify(text.noted);
    onClose();
  };
  const differ = () => {
    noteCompared(other.code, null);
    setDiffers(true);
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface} data-testid="safety-dialog">
        <DialogBody>
          <DialogTitle>{text.title(other.name)}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Muted>{text.lead}</Muted>
              <ol className={styles.steps}>
                {text.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
              <div className={styles.codes}>
                <Words title={[other.name, other.organisation].filter(Boolean).join(", ")} hint={text.theirsHint} code={other.code} testId="safety-theirs" />
                <Words title={text.mine} hint={text.mineHint} code={mine} testId="safety-mine" />
              </div>
              <Muted small>{text.where}</Muted>
              {differs && (
                <MessageBar intent="error" layout="multiline" role="alert" data-testid="safety-differs">
                  <MessageBarBody>
                    <MessageBarTitle>{text.differTitle}</MessageBarTitle> {other.side === "recipient" ? text.differProvider : text.differRecipient}
                  </MessageBarBody>
                </MessageBar>
              )}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{differs ? common.close : common.cancel}</Button>
            {!differs && (
              <>
                <Button onClick={differ} data-testid="safety-differ">
                  {text.differ}
                </Button>
                <Button appearance="primary" onClick={same} data-testid="safety-same">
                  {text.same}
                </Button>
              </>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Words({ title, hint, code, testId }: { title: string; hint: string; code: string; testId: string }) {
  return (
    <section className={styles.side} aria-label={title}>
      <strong>{title}</strong>
      <Muted small>{hint}</Muted>
      <SafetyCode code={code} large testId={testId} />
    </section>
  );
}
