import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { DocumentCheckmarkRegular } from "@fluentui/react-icons";
import { useEffect } from "react";

import { setFileText, useFileText } from "~/api/dropped";
import { useRead } from "~/api/queries";
import type { ErrorDto } from "~/backend/bindings/commands";
import { ApplicationWords } from "~/components/ApplicationWords";
import { Page } from "~/components/Page";
import { EmptyState } from "~/components/layout";
import { Loaded } from "~/components/Loading";
import { ChooseFile } from "~/parts/ChooseFile";
import { useText } from "~/text";

import { Proven } from "./Proven";

/** Whether a receipt is genuine, and what it says, in words. */
export function ReceiptPage() {
  const { receipts: text } = useText();
  const receipt = useFileText("receipt");
  useEffect(() => () => setFileText("receipt", null), []);
  return (
    <Page title={text.title} lead={text.lead} commands={receipt !== null && <ChooseReceipt label={text.another} />}>
      {receipt === null ? (
        <EmptyState icon={<DocumentCheckmarkRegular />} title={text.choose} body={text.dropHint}>
          <ChooseReceipt label={text.choose} primary />
        </EmptyState>
      ) : (
        <Checked key={receipt} text={receipt} />
      )}
    </Page>
  );
}

function Checked({ text }: { text: string }) {
  const facts = useRead("receipt_verify", { text }, { gcTime: 0 });
  if (facts.error?.code === "not-genuine") return <NotProven error={facts.error} />;
  return <Loaded query={facts}>{(found) => <Proven facts={found} />}</Loaded>;
}

function NotProven({ error: { message, hint } }: { error: ErrorDto }) {
  const { receipts: text } = useText();
  return (
    <MessageBar intent="error" layout="multiline" role="alert" data-testid="receipt-not-proven">
      <MessageBarBody>
        <MessageBarTitle>{text.notProven}</MessageBarTitle> <ApplicationWords>{[message, hint].filter(Boolean).join(" ")}</ApplicationWords>
      </MessageBarBody>
    </MessageBar>
  );
}

function ChooseReceipt({ label, primary = false }: { label: string; primary?: boolean }) {
  return <ChooseFile kind="receipt" label={label} icon={<DocumentCheckmarkRegular />} accept=".json,.receipt" primary={primary} />;
}
