import { useState } from "react";

import type { ShareDetails } from "~/backend/bindings/commands";
import { AuditPanel } from "~/parts/AuditPanel";
import { GrantRegister } from "~/parts/GrantRegister";
import { ReceiptButton, ShareReceiptDialog } from "~/parts/receipt";

/** The provider's proof: records, receipts of recipients, and every access that was given. */
export function AuditTab({ share }: { share: ShareDetails }) {
  const [saving, setSaving] = useState(false);
  return (
    <>
      <AuditPanel name={share.id} label={share.name} commands={<ReceiptButton onOpen={() => setSaving(true)} />} />
      <GrantRegister share={share.id} name={share.name} />
      {saving && <ShareReceiptDialog share={share.id} onClose={() => setSaving(false)} />}
    </>
  );
}
