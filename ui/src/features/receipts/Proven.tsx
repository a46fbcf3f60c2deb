import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useState } from "react";

import type { Party, ReceiptFacts, ReceiptTerms } from "~/backend/bindings/commands";
import { SafetyCode } from "~/components/SafetyCode";
import { Bullets, Card, Facts, Mono } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { shortDateTime } from "~/lib/time";
import { OutsideMarkdown } from "~/parts/OutsideMarkdown";
import { useText } from "~/text";

import styles from "./Proven.module.css";

/** What a genuine receipt says: who, to what, when; and what it leaves to people to find out. */
export function Proven({ facts }: { facts: ReceiptFacts }) {
  const { receipts: text } = useText();
  return (
    <div className={styles.proven} data-testid="receipt-proven">
      <MessageBar intent="success" layout="multiline" role="status">
        <MessageBarBody>
          <MessageBarTitle>{text.proven}</MessageBarTitle> {text.provenBody}
        </MessageBarBody>
      </MessageBar>
      <Card title={text.details}>
        <Bullets items={useSentences(facts)} />
      </Card>
      <div className={styles.people}>
        <Person title={text.provider} party={facts.provider} />
        <Person title={text.recipient} party={facts.recipient} invited={facts.invited} />
      </div>
      {facts.terms && <TermsCard terms={facts.terms} />}
      {facts.later_terms && <TermsCard terms={facts.later_terms} />}
      <Card>
        <Facts
          facts={[
            { label: text.acceptance, value: <Mono>{facts.acceptance_sha256}</Mono> },
            { label: text.invitation, value: <Mono>{facts.invitation_id}</Mono> },
          ]}
        />
      </Card>
    </div>
  );
}

function named({ name, organisation }: Party): string {
  return organisation === "" ? name : `${name} (${organisation})`;
}

/** The whole story in the order in which it happened. */
function useSentences(facts: ReceiptFacts): string[] {
  const { receipts: text, common } = useText();
  const at = (time: string) => shortDateTime(time, common.locale);
  const { snapshot, terms, later_terms: later } = facts;
  return [
    text.accepted(named(facts.recipient), facts.share, named(facts.provider)),
    terms ? text.agreed(terms.version, at(terms.agreed_at)) : text.noTerms,
    text.confirmed(named(facts.provider), at(facts.confirmed_at)),
    ...(later ? [text.agreedLater(later.version, at(later.agreed_at))] : []),
    ...(snapshot ? [text.received(common.files(snapshot.files_written), formatBytes(snapshot.bytes_written, common.locale), at(snapshot.ended_at))] : []),
    ...(snapshot && snapshot.files_failed > 0 ? [text.failed(common.files(snapshot.files_failed))] : []),
    ...(snapshot && snapshot.manifest_sha256 !== null ? [snapshot.manifest_confirmed ? text.listConfirmed : text.listNot] : []),
  ];
}

function Person({ title, party, invited }: { title: string; party: Party; invited?: string }) {
  const { receipts: text, first, shares } = useText();
  return (
    <Card title={title}>
      <Facts
        facts={[
          { label: shares.name, value: party.name },
          { label: first.organisation, value: party.organisation },
          { label: first.email, value: party.email },
          { label: text.invited, value: invited ?? "", hidden: invited === undefined || invited === party.email },
          { label: text.safetyCode, value: <SafetyCode code={party.safety_code} /> },
          { label: text.fingerprint, value: <Mono>{party.fingerprint}</Mono> },
        ]}
      />
    </Card>
  );
}

function TermsCard({ terms: { version, text: terms, sha256 } }: { terms: ReceiptTerms }) {
  const { receipts: text, common } = useText();
  const [open, setOpen] = useState(false);
  const title = text.termsOf(version);
  return (
    <Card
      title={title}
      actions={
        <Button size="small" appearance="subtle" aria-expanded={open} aria-label={`${open ? common.hide : common.show}: ${title}`} onClick={() => setOpen(!open)} data-testid="receipt-terms">
          {open ? common.hide : common.show}
        </Button>
      }
    >
      <Mono>{sha256}</Mono>
      {open && <OutsideMarkdown>{terms}</OutsideMarkdown>}
    </Card>
  );
}
