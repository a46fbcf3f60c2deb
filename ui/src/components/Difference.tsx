import type { LineChange, TermsLine } from "~/backend/bindings/commands";
import { useText } from "~/text";

import styles from "./Difference.module.css";
import { Muted, VisuallyHidden } from "./layout";

const SIGNS: Record<LineChange, string> = { same: " ", added: "+", removed: "−" };
/** Lines around a change that are shown with it. */
const AROUND = 2;

type Part = { line: TermsLine; index: number } | { skipped: number; index: number };

/** Stretches far from any change are only counted. */
function parts(lines: readonly TermsLine[]): Part[] {
  const near = (index: number) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ change }) => change !== "same");
  const found: Part[] = [];
  for (const [index, line] of lines.entries()) {
    const last = found.at(-1);
    if (near(index)) found.push({ line, index });
    else if (last && "skipped" in last) last.skipped += 1;
    else found.push({ skipped: 1, index });
  }
  return found;
}

/** Two versions of a text, line by line: what was added and removed has a sign and a colour. */
export function Difference({ lines, name, testId }: { lines: readonly TermsLine[]; name: string; testId?: string }) {
  const { terms: text } = useText();
  if (lines.every(({ change }) => change === "same")) return <Muted>{text.noDifference}</Muted>;
  const words: Record<LineChange, string> = { same: "", added: text.added, removed: text.removed };
  return (
    // A region that scrolls has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.lines} role="region" aria-label={name} tabIndex={0} data-testid={testId}>
      {parts(lines).map((part) =>
        "skipped" in part ? (
          <div key={part.index} className={styles.skipped}>
            {text.unchangedLines(part.skipped)}
          </div>
        ) : (
          <div key={part.index} className={`${styles.line} ${styles[part.line.change] ?? ""}`}>
            <span className={styles.sign} aria-hidden>
              {SIGNS[part.line.change]}
            </span>
            <span className={styles.text}>
              {words[part.line.change] && <VisuallyHidden>{`${words[part.line.change]}: `}</VisuallyHidden>}
              {part.line.text === "" ? "\u00a0" : part.line.text}
            </span>
          </div>
        ),
      )}
    </div>
  );
}
