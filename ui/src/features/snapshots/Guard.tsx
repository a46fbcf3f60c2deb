import { Button } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { Snapshot } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { useText } from "~/text";

/** The run would have deleted suspiciously much and asks; a person looks at the source, then says yes here. */
export function Guard({ run }: { run: Snapshot }) {
  const { runOptions: text } = useText();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const start = useChange("snapshot_start");
  const confirm = () =>
    start.mutate(
      { received: run.share, mode: run.mode, datasets: [], options: { ...run.options, mirror: "confirmed" } },
      { onSuccess: ({ snapshot_id: snapshot }) => void navigate({ to: "/activity/$snapshot", params: { snapshot } }) },
    );
  return (
    <>
      <Button appearance="primary" icon={<DeleteRegular />} onClick={() => setAsking(true)} data-testid="guard-ask">
        {text.guardConfirm}
      </Button>
      {asking && (
        <ConfirmDialog
          title={text.guardTitle} does={text.guardDoes} doesNot={text.guardDoesNot} confirm={text.guardConfirm} dismiss={text.guardKeep}
          busy={start.isPending} error={start.error} onConfirm={confirm} onClose={() => setAsking(false)} testId="guard-dialog"
        />
      )}
    </>
  );
}
