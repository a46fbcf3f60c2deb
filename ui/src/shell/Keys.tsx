import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";

import { useEffect, useRef } from "react";

import { useText } from "~/text";

import styles from "./Keys.module.css";
import { SHORTCUTS, keysOf } from "./shortcuts";

/** Every key that works everywhere. */
export function Keys({ onClose }: { onClose: () => void }) {
  const { shortcuts: text, common } = useText();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="shortcuts">
        <DialogBody>
          <DialogTitle>{text.title}</DialogTitle>
          <DialogContent tabIndex={0}>
            <dl className={styles.keys}>
              {SHORTCUTS.map(({ name }) => (
                <div key={name} className={styles.line}>
                  <dt>{text.names[name]}</dt>
                  <dd>
                    <kbd className={styles.key}>{keysOf(name, text.control)}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
            <p className={styles.more}>{text.more}</p>
          </DialogContent>
          <DialogActions>
            <Button ref={button} appearance="primary" onClick={onClose}>
              {common.close}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
