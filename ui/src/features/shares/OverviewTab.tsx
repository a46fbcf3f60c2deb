import { Button } from "@fluentui/react-components";
import { ArrowRightRegular } from "@fluentui/react-icons";

import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { SnapshotBadge } from "~/components/StatusBadge";
import { Amount, DateOnly, Time } from "~/components/Time";
import { Card, Facts, Muted, Truncate } from "~/components/layout";
import { useText } from "~/text";

import styles from "./OverviewTab.module.css";
import { RecipientBadge } from "./RecipientBadge";

/** As many as the picture holds; the rest is counted. */
const SHOWN = 5;

type OverviewTabProps = { share: ShareDetails; onGo: (tab: "datasets" | "recipients") => void; onInvite: () => void };

export function OverviewTab({ share, onGo, onInvite }: OverviewTabProps) {
  const { shares: text, kinds } = useText();
  return (
    <>
      <NextSteps share={share} onGo={onGo} onInvite={onInvite} />
      <Card title={text.overviewFlow}>
        <div className={styles.flow}>
          <Datasets share={share} />
          <Arrow />
          <div className={styles.box}>
            <span className={styles.boxTitle}>{text.overviewShare}</span>
            <strong>
              <Truncate>{share.name}</Truncate>
            </strong>
            <Muted small>
              <Truncate>{share.exchange_address}</Truncate>
            </Muted>
          </div>
          <Arrow />
          <Recipients share={share} />
        </div>
      </Card>
      <Card>
        <Facts
          facts={[
            { label: text.kind, value: kinds.share[share.kind] },
            { label: text.exchange, value: [share.exchange, share.exchange_prefix].filter(Boolean).join("/") },
            { label: text.created, value: <DateOnly at={share.created_at} /> },
          ]}
        />
      </Card>
    </>
  );
}

function Arrow() {
  return (
    <span className={styles.arrow} aria-hidden>
      <ArrowRightRegular />
    </span>
  );
}

function Datasets({ share: { datasets } }: { share: ShareDetails }) {
  const { shares: text, common, kinds, datasets: words } = useText();
  return (
    <div className={styles.box}>
      <span className={styles.boxTitle}>{common.datasets(datasets.length)}</span>
      {datasets.length === 0 && <Muted>{text.overviewNoDatasets}</Muted>}
      {datasets.slice(0, SHOWN).map((dataset) => (
        <span key={dataset.id} className={styles.item}>
          <Truncate>{dataset.name}</Truncate>
          <Muted small>
            <Amount files={null} bytes={dataset.bytes} />
          </Muted>
          <span className={styles.last}>
            <Muted small>{dataset.delivery === "direct" ? kinds.delivery.direct : dataset.published_at === null ? words.notPublished : words.published}</Muted>
            {dataset.published_at !== null && (
              <Muted small>
                <Time at={dataset.published_at} />
              </Muted>
            )}
          </span>
        </span>
      ))}
      <Rest count={datasets.length - SHOWN} />
    </div>
  );
}

function Recipients({ share: { recipients } }: { share: ShareDetails }) {
  const { shares: text, common } = useText();
  return (
    <div className={styles.box}>
      <span className={styles.boxTitle}>{common.recipients(recipients.length)}</span>
      {recipients.length === 0 && <Muted>{text.overviewNoRecipients}</Muted>}
      {recipients.slice(0, SHOWN).map((recipient) => (
        <span key={recipient.recipient_id} className={styles.item}>
          <Truncate title={recipient.email}>{recipient.name ?? recipient.email}</Truncate>
          <RecipientBadge recipient={recipient} />
          <LastSnapshot recipient={recipient} />
        </span>
      ))}
      <Rest count={recipients.length - SHOWN} />
    </div>
  );
}

/** How the last snapshot of somebody who has access ended, and when that was. */
function LastSnapshot({ recipient: { last_snapshot_status: status, last_snapshot_at: at, subscription_status: access } }: { recipient: Recipient }) {
  const { shares: text } = useText();
  if (access !== "Active" && status === null) return null;
  return (
    <span className={styles.last} data-testid="overview-last">
      <span className={styles.lines}>
        <Muted small>{status === null ? text.overviewNoSnapshot : text.lastSnapshot}</Muted>
        {status !== null && (
          <Muted small>
            <Time at={at} />
          </Muted>
        )}
      </span>
      {status !== null && <SnapshotBadge status={status} />}
    </span>
  );
}

function Rest({ count }: { count: number }) {
  const text = useText().shares;
  return count > 0 ? <Muted small>{text.overviewMore(count)}</Muted> : null;
}

/** What keeps recipients from getting data yet. */
function NextSteps({ share, onGo, onInvite }: OverviewTabProps) {
  const { shares: text, datasets, recipients } = useText();
  const unpublished = share.datasets.some(({ delivery, published_at: at }) => delivery === "published" && at === null);
  const steps = [
    share.datasets.length === 0 && { words: text.nextAddDatasets, action: datasets.add, run: () => onGo("datasets") },
    unpublished && { words: text.nextPublish, action: datasets.publish, run: () => onGo("datasets") },
    share.recipients.length === 0 && { words: text.nextInvite, action: recipients.invite, run: onInvite },
  ].filter((step) => step !== false);
  if (steps.length === 0) return null;
  return (
    <Card title={text.overviewNext}>
      <ul className={styles.todo}>
        {steps.map(({ words, action, run }) => (
          <li key={words}>
            {words}
            <Button size="small" onClick={run}>
              {action}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
