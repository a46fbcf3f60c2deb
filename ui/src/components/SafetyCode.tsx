import styles from "./SafetyCode.module.css";

/** Six words, numbered and easy to read aloud. */
export function SafetyCode({ code, testId }: { code: string; testId?: string }) {
  return (
    <ol className={styles.words} data-testid={testId} aria-label={code}>
      {code.split(/\s+/).map((word, index) => (
        <li key={`${index}-${word}`}>{word}</li>
      ))}
    </ol>
  );
}
