import { Button } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { TermsVersion } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Row } from "~/components/layout";
import { TermsDifference } from "~/parts/TermsDifference";
import { TermsReader } from "~/parts/TermsReader";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

/** A new version of the terms waits for agreement; snapshots wait with it. */
export function TermsChanged({ received, version }: { received: string; version: TermsVersion }) {
  const { received: text, terms } = useText();
  const [open, setOpen] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const agree = useChange("received_agree_terms");
  const notify = useNotify();
  const run = () => agree.mutate({ received, terms_sha256: version.sha256 }, { onSuccess: () => notify(text.termsAgreed) });
  return (
    <Card title={text.termsChangedTitle}>
      <p>{text.termsChangedBody}</p>
      {open && (
        <>
          <TermsDifference name={received} to={version.version} />
          <strong>{terms.whole}</strong>
        </>
      )}
      {open && <TermsReader terms={version.text} agreed={agreed} onAgree={setAgreed} />}
      {agree.error && <ErrorPanel error={agree.error} onRetry={run} />}
      <Row>
        {open ? (
          <Button appearance="primary" disabled={!agreed || agree.isPending} onClick={run} data-testid="terms-changed-agree">
            {text.termsAgree}
          </Button>
        ) : (
          <Button appearance="primary" onClick={() => setOpen(true)} data-testid="terms-changed-read">
            {text.termsRead}
          </Button>
        )}
      </Row>
    </Card>
  );
}
