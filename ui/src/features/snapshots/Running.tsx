import { MessageBar, MessageBarBody, ProgressBar } from "@fluentui/react-components";

import type { RunProgress } from "~/api/progress";
import type { Snapshot } from "~/backend/bindings/commands";
import { Sparkline } from "~/components/Sparkline";
import { Card, Muted, Truncate, VisuallyHidden } from "~/components/layout";
import { formatBytes, formatCount, formatRate, fraction } from "~/lib/bytes";
import { formatRange } from "~/lib/duration";
import { useText } from "~/text";

import styles from "./Running.module.css";

type RunningProps = { run: Snapshot; progress: RunProgress | undefined };

/** A run that goes on: phase, how far, how fast, how long still, and what is being copied. */
export function Running({ run, progress }: RunningProps) {
  const { snapshots: text, common, statuses } = useText();
  const { locale } = common;
  if (!progress) {
    return (
      <Card>
        <span>{statuses.snapshot[run.status]}</span>
        <ProgressBar aria-label={text.progressName} />
      </Card>
    );
  }
  const phase = text.phase[progress.phase] ?? statuses.snapshot[progress.status];
  const part = fraction(progress.bytes_done, progress.bytes_total) ?? fraction(progress.files_done, progress.files_total);
  const files = text.filesDone(formatCount(progress.files_done, locale), progress.files_total === null ? null : formatCount(progress.files_total, locale));
  const bytes = text.bytesDone(formatBytes(progress.bytes_done, locale), progress.bytes_total === null ? null : formatBytes(progress.bytes_total, locale));
  const highest = Math.max(...progress.rates, 0);
  return (
    <>
      <Card>
        <div className={styles.phase}>
          <strong data-testid="snapshot-phase">{phase}</strong>
          {part !== undefined && <span>{Math.floor(part * 100)} %</span>}
        </div>
        <ProgressBar aria-label={text.progressName} thickness="large" {...(part !== undefined && { value: part })} />
        <Announcement part={part} phase={phase} />
        <dl className={styles.numbers}>
          <Figure label={text.files} value={files} testId="snapshot-files" />
          <Figure label={text.bytes} value={bytes} testId="snapshot-bytes" />
          <Figure label={text.eta} value={progress.eta_seconds ? formatRange(progress.eta_seconds, common.range) : text.etaUnknown} testId="snapshot-eta" />
        </dl>
        {progress.note && (
          <MessageBar intent="warning" layout="multiline" data-testid="snapshot-note">
            <MessageBarBody>{progress.note}</MessageBarBody>
          </MessageBar>
        )}
      </Card>
      <Card title={text.rate} actions={<strong data-testid="snapshot-rate">{formatRate(progress.bytes_per_second, locale)}</strong>}>
        <Sparkline values={progress.rates} label={text.rateChart(formatRate(progress.bytes_per_second, locale), formatRate(highest, locale))} />
      </Card>
      <Card title={text.current}>
        <ul className={styles.current}>
          {progress.current.map((path) => (
            <li key={path}>
              <Truncate>{path}</Truncate>
            </li>
          ))}
          {progress.current.length === 0 && <Muted>–</Muted>}
        </ul>
      </Card>
    </>
  );
}

function Figure({ label, value, testId }: { label: string; value: string; testId: string }) {
  return (
    <div className={styles.number}>
      <dt>{label}</dt>
      <dd data-testid={testId} title={value}>
        {value}
      </dd>
    </div>
  );
}

/** Said aloud at each tenth and each phase only, so that a screen reader is not flooded. */
function Announcement({ part, phase }: { part: number | undefined; phase: string }) {
  const text = useText().snapshots;
  const tenth = part === undefined ? 0 : Math.floor(part * 10) * 10;
  return (
    <VisuallyHidden>
      <span aria-live="polite">{text.announce(tenth, phase)}</span>
    </VisuallyHidden>
  );
}
