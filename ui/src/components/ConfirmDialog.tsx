import {
  Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input,
} from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";

import type { ErrorDto } from "~/backend/bindings/commands";
import { useText } from "~/text";

import styles from "./ConfirmDialog.module.css";
import { ErrorPanel } from "./ErrorPanel";
import { Stack } from "./layout";

type ConfirmDialogProps = {
  title: string;
  /** What will happen, in sentences. */
  does: readonly string[];
  /** What will not happen. */
  doesNot: readonly string[];
  confirm: string;
  /** Has to be typed, where nothing can bring it back. */
  typed?: { expected: string; label: string };
  dismiss?: string;
  busy: boolean;
  error: ErrorDto | null;
  onConfirm: () => void;
  onClose: () => void;
  testId?: string;
};

/** Asks before something that matters, and says in words what will and what will not happen. */
export function ConfirmDialog({ title, does, doesNot, confirm, typed, dismiss, busy, error, onConfirm, onClose, testId }: ConfirmDialogProps) {
  const text = useText();
  const [entered, setEntered] = useState("");
  const allowed = !busy && (!typed || entered.trim() === typed.expected);
  return (
    <Dialog open modalType="alert" onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid={testId}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>
            <Stack gap={12}>
              <Sentences does={does} doesNot={doesNot} />
              {typed && (
                <Field label={typed.label}>
                  <Input value={entered} onChange={(_, { value }) => setEntered(value)} autoComplete="off" data-testid="confirm-typed" />
                </Field>
              )}
              {error && <ErrorPanel error={error} onRetry={onConfirm} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{dismiss ?? text.common.cancel}</Button>
            <Button appearance="primary" disabled={!allowed} onClick={onConfirm} data-testid="confirm">
              {confirm}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** What will happen, and what will not. */
export function Sentences({ does, doesNot }: { does: readonly string[]; doesNot: readonly string[] }) {
  return (
    <>
      <SignedSentences sentences={does} icon={<CheckmarkRegular />} />
      <SignedSentences sentences={doesNot} icon={<DismissRegular />} muted />
    </>
  );
}

function SignedSentences({ sentences, icon, muted }: { sentences: readonly string[]; icon: ReactNode; muted?: boolean }) {
  if (sentences.length === 0) return null;
  return (
    <ul className={`${styles.sentences} ${muted ? styles.muted : ""}`}>
      {sentences.map((sentence) => (
        <li key={sentence}>
          <span aria-hidden className={styles.sign}>
            {icon}
          </span>
          {sentence}
        </li>
      ))}
    </ul>
  );
}
