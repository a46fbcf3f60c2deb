import { useState } from "react";

import type { ReceivedSummary } from "~/backend/bindings/commands";
import { AuditPanel } from "~/parts/AuditPanel";
import { ReceiptButton, ReceivedReceiptDialog } from "~/parts/receipt";

/** The recipient's proof: records, and receipts of what was agreed and received. */
export function AuditTab({ summary }: { summary: ReceivedSummary }) {
  const [saving, setSaving] = useState(false);
  return (
    <>
      <AuditPanel name={summary.id} label={summary.name} commands={<ReceiptButton onOpen={() => setSaving(true)} />} />
      {saving && <ReceivedReceiptDialog received={summary.id} label={summary.name} onClose={() => setSaving(false)} />}
    </>
  );
}
