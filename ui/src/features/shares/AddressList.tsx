import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";

import { Muted } from "~/components/layout";
import type { AddressEntry, ParsedAddresses } from "~/lib/addresses";
import { useText } from "~/text";

import styles from "./AddressList.module.css";

/** As many lines as help to check; the rest is counted. */
const SHOWN = 100;

/** What was understood of a pasted list, before anything is made of it: what needs a look comes first. */
export function AddressList({ parsed: { entries, twice } }: { parsed: ParsedAddresses }) {
  const { wizard: text } = useText();
  const sorted = [...entries.filter(({ problem }) => problem !== null), ...entries.filter(({ problem }) => problem === null)];
  if (entries.length < 2 && sorted[0]?.problem === null && sorted[0].name === null) return null;
  if (entries.length === 0) return null;
  return (
    <div>
      {/* Long lists scroll, so the keyboard has to get in. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className={styles.list} aria-label={text.recipientsUnderstood} tabIndex={0} data-testid="recipients-understood">
        {sorted.slice(0, SHOWN).map((entry) => (
          <Line key={`${entry.text}${entry.address}`} entry={entry} />
        ))}
      </ul>
      <Muted small>{[sorted.length > SHOWN && text.recipientsMore(sorted.length - SHOWN), twice > 0 && text.recipientsTwice(twice)].filter(Boolean).join(" ")}</Muted>
    </div>
  );
}

function Line({ entry }: { entry: AddressEntry }) {
  const { wizard: text } = useText();
  if (entry.problem !== null) {
    return (
      <li className={styles.bad}>
        <WarningFilled aria-hidden />
        <span className={styles.words}>{entry.text}</span>
        <span>{text.recipientsProblem[entry.problem]}</span>
      </li>
    );
  }
  return (
    <li>
      <CheckmarkCircleFilled aria-hidden className={styles.good} />
      <span className={styles.words}>{entry.address}</span>
      {entry.name && <Muted>{entry.name}</Muted>}
    </li>
  );
}
