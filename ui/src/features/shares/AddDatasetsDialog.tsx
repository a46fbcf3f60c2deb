import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import { toErrorDto } from "~/backend/backend";
import type { ErrorDto, ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Stack } from "~/components/layout";
import { useText } from "~/text";

import { DatasetPicker } from "./DatasetPicker";
import { type Chosen, freeName } from "./chosen";

type AddDatasetsDialogProps = { share: ShareDetails; onClose: () => void };

/** More datasets for a share; those that need it are published right away. */
export function AddDatasetsDialog({ share, onClose }: AddDatasetsDialogProps) {
  const { datasets: text, wizard, common } = useText();
  const [chosen, setChosen] = useState<Chosen[]>([]);
  const [doing, setDoing] = useState<string | null>(null);
  const [error, setError] = useState<ErrorDto | null>(null);
  const add = useChange("dataset_add");
  const publish = useChange("publish");
  const run = async () => {
    setError(null);
    try {
      const taken = share.datasets.map(({ name }) => name);
      for (const one of chosen) {
        setDoing(wizard.addingDataset(one.name));
        const name = freeName(one.name, taken);
        // One after the other: the order of the records is the order of the list.
        // oxlint-disable-next-line no-await-in-loop
        const added = await add.mutateAsync({ share: share.id, connection: one.connection, path: one.path, name });
        taken.push(name);
        setChosen((former) => former.filter((rest) => rest !== one));
        if (added.delivery === "published") {
          setDoing(wizard.publishing);
          // oxlint-disable-next-line no-await-in-loop
          await publish.mutateAsync({ share: share.id, dataset: added.id });
        }
      }
      onClose();
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
              {doing && <Spinner size="tiny" label={doing} labelPosition="after" style={{ justifyContent: "flex-start" }} />}
              {error && <ErrorPanel error={error} onRetry={() => void run()} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button disabled={doing !== null} onClick={onClose}>
              {common.cancel}
            </Button>
            <Button appearance="primary" disabled={chosen.length === 0 || doing !== null} onClick={() => void run()} data-testid="dataset-add-confirm">
              {text.addChosen(chosen.length)}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
