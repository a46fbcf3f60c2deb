import { CheckmarkRegular } from "@fluentui/react-icons";

import { useText } from "~/text";

import styles from "./Wizard.module.css";
import { STEPS } from "./draft";

/** Where one is in the steps; what is behind can be gone back to. */
export function Steps({ index, onGo }: { index: number; onGo: (index: number) => void }) {
  const text = useText().wizard;
  return (
    <ol className={styles.steps} aria-label={text.title}>
      {STEPS.map((step, position) => {
        const state = position === index ? styles.current : position < index ? styles.done : "";
        return (
          <li key={step}>
            <button
              type="button"
              className={`${styles.step} ${state}`}
              disabled={position > index}
              aria-current={position === index ? "step" : undefined}
              aria-label={text.stepOf(position + 1, STEPS.length, text.steps[step])}
              onClick={() => onGo(position)}
            >
              <span className={styles.number}>{position < index ? <CheckmarkRegular /> : position + 1}</span>
              <span className={styles.stepName}>{text.steps[step]}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
