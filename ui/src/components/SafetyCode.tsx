import styles from "./SafetyCode.module.css";

/** Six words, easy to read aloud; numbered, one under the other, where they are compared. */
export function SafetyCode({ code, large = false, testId }: { code: string; large?: boolean; testId?: string }) {
  return (
    <ol className={large ? styles.lines : styles.words} data-testid={testId} aria-label={code}>
      {code.split(/\s+/).map((word, index) => (
        <li key={`${index}-${word}`}>{word}</li>
      ))}
    </ol>
  );
}
