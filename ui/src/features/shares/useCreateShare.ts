import { useState } from "react";

import { useChange } from "~/api/mutations";
import { toErrorDto } from "~/backend/backend";
import type { ErrorDto, WorkspacePolicy } from "~/backend/bindings/commands";
import { parseAddresses } from "~/lib/addresses";
import { endOfDay } from "~/lib/time";
import { datasetNeedsApproval, useAskApproval } from "~/parts/approval";
import { useRules } from "~/parts/rules";
import { wishOf } from "~/parts/schedule";
import { useText } from "~/text";

import type { Chosen } from "./chosen";
import type { ShareDraft } from "./draft";

export type Creation = {
  /** What is being done now; `null` when nothing is. */
  doing: string | null;
  error: ErrorDto | null;
  /** Id of the share, once it exists: also when a later part failed. */
  share: string | null;
};

type Added = { share: string; connection: string; path: string; name: string; sensitive: boolean };

/** What may be added at once, and what a second person has to approve before. */
function byApproval(chosen: readonly Chosen[], rules: WorkspacePolicy | undefined, share: string): { alone: Added[]; waiting: Added[] } {
  const all = chosen.map(({ connection, path, name, sensitive }) => ({ share, connection, path, name, sensitive }));
  const needs = ({ sensitive }: Added) => datasetNeedsApproval(rules, sensitive);
  return { alone: all.filter((one) => !needs(one)), waiting: all.filter(needs) };
}

/** Makes the share, adds the datasets, publishes, invites. Stops at the first thing that fails and says how far it came. */
export function useCreateShare(onDone: (share: string, invitations: string[]) => void) {
  const words = useText();
  const text = words.wizard;
  const [state, setState] = useState<Creation>({ doing: null, error: null, share: null });
  const create = useChange("share_create");
  const addDataset = useChange("dataset_add");
  const publish = useChange("publish");
  const setSchedule = useChange("schedule_set");
  const invite = useChange("invite");
  const rules = useRules();
  const asking = useAskApproval();

  const run = async (draft: ShareDraft) => {
    if (!draft.exchange) return;
    let share: string | null = null;
    const doing = (what: string) => setState({ doing: what, error: null, share });
    try {
      doing(text.creating);
      const terms = draft.terms.trim() === "" ? null : draft.terms;
      const details = await create.mutateAsync({
        name: draft.name.trim(), description: draft.description.trim(), terms, kind: "snapshot",
        exchange: draft.exchange.id, exchange_prefix: draft.exchangePrefix.trim(),
      });
      share = details.id;
      let published = false;
      const { alone, waiting } = byApproval(draft.chosen, rules, share);
      for (const dataset of alone) {
        doing(text.addingDataset(dataset.name));
        // One after the other: the order of the records is the order of the list.
        // oxlint-disable-next-line no-await-in-loop
        const added = await addDataset.mutateAsync(dataset);
        published ||= added.delivery === "published";
      }
      if (published) {
        doing(text.publishing);
        await publish.mutateAsync({ share, dataset: null });
      }
      const schedule = draft.schedule && wishOf(draft.schedule);
      if (schedule) {
        // Before anybody is invited: the invitation says it.
        doing(words.schedule.save);
        await setSchedule.mutateAsync({ share, schedule });
      }
      // Whoever changes their mind about a file finds the share, and may ask later.
      let asked = false;
      for (const dataset of waiting) {
        doing(words.approvals.asking(dataset.name));
        // One after the other: each asks where its file goes.
        // oxlint-disable-next-line no-await-in-loop
        if (await asking.ask({ dataset }, `${details.name} ${dataset.name}`)) asked = true;
      }
      const { valid } = parseAddresses(draft.addresses);
      let invitations: string[] = [];
      const request = { share, emails: valid, expires_at: endOfDay(draft.expires), acceptance: draft.acceptance };
      if (valid.length > 0 && rules?.invitations_need_approval) {
        if (await asking.ask({ invitation: request }, details.name)) asked = true;
      } else if (valid.length > 0) {
        doing(text.inviting);
        const links = await invite.mutateAsync(request);
        invitations = links.map(({ invitation_id: id }) => id);
      }
      setState({ doing: null, error: null, share });
      if (asked && invitations.length === 0) asking.show();
      else onDone(share, invitations);
    } catch (reason) {
      setState({ doing: null, error: toErrorDto(reason), share });
    }
  };
  return { ...state, run };
}
