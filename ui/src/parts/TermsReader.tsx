import { Checkbox } from "@fluentui/react-components";
import { useCallback, useEffect, useRef, useState } from "react";

import { Muted, Stack } from "~/components/layout";
import { useText } from "~/text";

import { OutsideMarkdown } from "./OutsideMarkdown";
import styles from "./TermsReader.module.css";

/** Half a line of tolerance: fractions of pixels must not keep anybody from the end. */
const NEARLY = 12;

type TermsReaderProps = { terms: string; agreed: boolean; onAgree: (agreed: boolean) => void };

/** Terms that are read to the end before one can agree. Short ones are at their end at once. */
export function TermsReader({ terms, agreed, onAgree }: TermsReaderProps) {
  const text = useText().invitation;
  const region = useRef<HTMLDivElement>(null);
  const [read, setRead] = useState(false);
  const look = useCallback(() => {
    const element = region.current;
    if (element && element.scrollTop + element.clientHeight >= element.scrollHeight - NEARLY) setRead(true);
  }, []);
  useEffect(() => {
    const element = region.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  return (
    <Stack gap={8}>
      {/* A region that scrolls has to be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={region} className={styles.reader} onScroll={look} role="region" aria-label={text.terms} tabIndex={0} data-testid="terms-text">
        <OutsideMarkdown>{terms}</OutsideMarkdown>
      </div>
      <Muted small>
        <span aria-live="polite">{read ? text.termsRead : text.termsHint}</span>
      </Muted>
      <Checkbox label={text.agree} checked={agreed} disabled={!read} onChange={(_, { checked }) => onAgree(checked === true)} data-testid="terms-agree" />
    </Stack>
  );
}
