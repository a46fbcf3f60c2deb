import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { toErrorDto } from "~/backend/backend";
import type { ErrorDto, ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { ApprovalNeeded, approverNames, datasetNeedsApproval, useAskApproval } from "~/parts/approval";
import { useRules } from "~/parts/rules";
import { useText } from "~/text";

import { DatasetPicker } from "./DatasetPicker";
import { type Chosen, freeName } from "./chosen";

type AddDatasetsDialogProps = { share: ShareDetails; onClose: () => void };

/** More datasets for a share; those that need it are published right away. */
export function AddDatasetsDialog({ share, onClose }: AddDatasetsDialogProps) {
  const words = useText();
  const { datasets: text, wizard, common } = words;
  const [chosen, setChosen] = useState<Chosen[]>([]);
  const [doing, setDoing] = useState<string | null>(null);
  const [error, setError] = useState<ErrorDto | null>(null);
  const rules = useRules();
  const asking = useAskApproval();
  const waiting = chosen.filter(({ sensitive }) => datasetNeedsApproval(rules, sensitive)).length;
  const add = useChange("dataset_add");
  const publish = useChange("publish");
  const run = async () => {
    setError(null);
    let asked = false;
    try {
      const taken = share.datasets.map(({ name }) => name);
      for (const one of chosen) {
        setDoing(wizard.addingDataset(one.name));
        const name = freeName(one.name, taken);
        const request = { share: share.id, connection: one.connection, path: one.path, name, sensitive: one.sensitive };
        if (datasetNeedsApproval(rules, one.sensitive)) {
          // Each dataset has a request of its own: each is approved by itself.
          // oxlint-disable-next-line no-await-in-loop
          if ((await asking.ask({ dataset: request }, `${share.name} ${name}`)) === null) return;
          asked = true;
          taken.push(name);
          setChosen((former) => former.filter((rest) => rest !== one));
          continue;
        }
        // One after the other: the order of the records is the order of the list.
        // oxlint-disable-next-line no-await-in-loop
        const added = await add.mutateAsync(request);
        taken.push(name);
        setChosen((former) => former.filter((rest) => rest !== one));
        if (added.delivery === "published") {
          setDoing(wizard.publishing);
          // oxlint-disable-next-line no-await-in-loop
          await publish.mutateAsync({ share: share.id, dataset: added.id });
        }
      }
      onClose();
      if (asked) asking.show();
    } catch (reason) {
      setError(toErrorDto(reason));
    } finally {
      setDoing(null);
    }
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && doing === null && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.addTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <DatasetPicker chosen={chosen} onChange={setChosen} />
              {waiting > 0 && <ApprovalNeeded words={words.approvals.neededDataset(approverNames(rules, words))} />}
              {doing && <Spinner size="tiny" label={doing} labelPosition="after" style={{ justifyContent: "flex-start" }} />}
              {error && <ErrorPanel error={error} onRetry={() => void run()} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button disabled={doing !== null} onClick={onClose}>
              {common.cancel}
            </Button>
            <Button appearance="primary" disabled={chosen.length === 0 || doing !== null} onClick={() => void run()} data-testid="dataset-add-confirm">
              {waiting > 0 && waiting === chosen.length ? words.approvals.ask : text.addChosen(chosen.length)}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
