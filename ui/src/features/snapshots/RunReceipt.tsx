import { useRead } from "~/api/queries";
import type { Snapshot } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { ReceiptButton, type ReceiptOf, useSaveReceipt } from "~/parts/receipt";

/** Proof of this one run. */
export function RunReceipt({ run }: { run: Snapshot }) {
  return run.recipient === null ? <Save run={run} of={{ name: run.share, label: run.share, recipient: null }} /> : <OfRecipient run={run} recipient={run.recipient} />;
}

/** A reported run names its recipient as people do; the receipt wants to know which of the share's recipients that is. */
function OfRecipient({ run, recipient }: { run: Snapshot; recipient: string }) {
  const share = useRead("share_show", { share: run.share });
  const one = share.data?.recipients.find(({ email, accepted_email: accepted }) => [accepted, email].some((address) => address && recipient.includes(address)));
  return one ? <Save run={run} of={{ name: run.share, label: `${run.share} ${one.email}`, recipient: one.recipient_id }} /> : null;
}

function Save({ run, of }: { run: Snapshot; of: ReceiptOf }) {
  const { save, error } = useSaveReceipt();
  const start = () => void save(of, run.snapshot_id);
  return (
    <>
      <ReceiptButton onOpen={start} />
      {error && (
        <div style={{ flexBasis: "100%" }}>
          <ErrorPanel error={error} onRetry={start} />
        </div>
      )}
    </>
  );
}
