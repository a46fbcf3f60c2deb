import { MessageBar, MessageBarBody } from "@fluentui/react-components";

import { Markdown } from "~/components/Markdown";
import { Facts, Muted, Stack } from "~/components/layout";
import { parseAddresses } from "~/lib/addresses";
import { endOfDay, shortDate } from "~/lib/time";
import { scheduleWords, wishOf } from "~/parts/schedule";
import { useText } from "~/text";

import { SensitiveNeeded } from "./SensitiveNeeded";
import styles from "./TermsEditor.module.css";
import type { ShareDraft } from "./draft";

/** Everything once more, before anything is made. */
export function Review({ draft }: { draft: ShareDraft }) {
  const words = useText();
  const { wizard: text, shares, common, kinds, approvals } = words;
  const wish = draft.schedule && wishOf(draft.schedule);
  const addresses = parseAddresses(draft.addresses).valid;
  const end = endOfDay(draft.expires);
  const place = draft.exchange && [draft.exchange.name, draft.exchangePrefix.trim()].filter(Boolean).join("/");
  return (
    <Stack gap={16}>
      <Muted>{text.reviewLead}</Muted>
      <Facts
        facts={[
          { label: shares.name, value: draft.name.trim() },
          { label: shares.description, value: draft.description.trim() || shares.noDescription },
          { label: text.meeting, value: place },
          { label: shares.datasets, value: draft.chosen.length === 0 ? common.none : draft.chosen.map(({ name, sensitive }) => (sensitive ? approvals.marked(name) : name)).join(", ") },
          { label: text.steps.schedule, value: wish ? scheduleWords(wish, words) : words.schedule.notOffered },
          { label: shares.recipients, value: addresses.length === 0 ? common.none : addresses.join(", ") },
          { label: text.expires, value: end && shortDate(end, common.locale), hidden: addresses.length === 0 },
          { label: text.acceptance, value: kinds.acceptance[draft.acceptance], hidden: addresses.length === 0 },
        ]}
      />
      <SensitiveNeeded chosen={draft.chosen} />
      {draft.acceptance === "right-away" && addresses.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{kinds.acceptanceHint["right-away"]}</MessageBarBody>
        </MessageBar>
      )}
      {draft.chosen.length > 0 && <Muted>{text.reviewPublish}</Muted>}
      {draft.terms.trim() !== "" && (
        // A region that scrolls has to be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.preview} role="region" aria-label={text.terms} tabIndex={0}>
          <Markdown>{draft.terms}</Markdown>
        </div>
      )}
    </Stack>
  );
}
