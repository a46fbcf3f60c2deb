import { Card, Facts, Muted, Truncate } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { scheduleWords, wishOf } from "~/parts/schedule";
import { useText } from "~/text";

import type { ShareDraft } from "./draft";

/** What the share will be, always in sight while the steps go by. */
export function Summary({ draft }: { draft: ShareDraft }) {
  const words = useText();
  const { wizard: text, shares, common, kinds } = words;
  const wish = draft.schedule && wishOf(draft.schedule);
  const addresses = parseAddresses(draft.addresses).valid;
  const none = <Muted>{common.notYet}</Muted>;
  return (
    <Card title={text.summary}>
      <Facts
        facts={[
          { label: shares.name, value: draft.name.trim() ? <Truncate>{draft.name.trim()}</Truncate> : none },
          { label: text.terms, value: draft.terms.trim() ? <Truncate>{draft.terms.trim().split("\n")[0]?.replace(/^#+\s*/, "") ?? ""}</Truncate> : <Muted>{common.none}</Muted> },
          { label: text.meeting, value: draft.exchange ? <Truncate>{draft.exchange.name}</Truncate> : none },
          { label: shares.datasets, value: draft.chosen.length > 0 ? common.datasets(draft.chosen.length) : none },
          { label: text.steps.schedule, value: wish ? scheduleWords(wish, words) : <Muted>{words.schedule.notOffered}</Muted> },
          { label: shares.recipients, value: addresses.length > 0 ? common.addresses(addresses.length) : none },
          { label: text.acceptance, value: kinds.acceptance[draft.acceptance], hidden: addresses.length === 0 },
        ]}
      />
    </Card>
  );
}
