import { Muted } from "~/components/layout";
import { useText } from "~/text";

import styles from "./NextRuns.module.css";
import { ownZone, runTime } from "./schedule";

/** The next runs as the clock of the zone shows them; beside them as the reader's does, where that is another one. */
export function NextRuns({ runs, zone, testId }: { runs: readonly string[]; zone: string; testId?: string }) {
  const { schedule: text, common } = useText();
  const here = ownZone();
  return (
    <ul className={styles.runs} aria-label={text.nextIn(zone)} data-testid={testId}>
      {runs.map((run) => (
        <li key={run} className={styles.run}>
          <time dateTime={run}>{runTime(run, zone, common.locale)}</time>
          {here !== zone && <Muted small>{text.yourTime(runTime(run, here, common.locale))}</Muted>}
        </li>
      ))}
    </ul>
  );
}
