import { Text } from "@fluentui/react-components";
import { MailInboxArrowDownRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { type FileKind, kindOfFile, setFileText } from "~/api/dropped";
import { setOpenInvitation } from "~/api/invitation-store";
import { invitationIn } from "~/lib/invitation";
import { useText } from "~/text";

import styles from "./Shell.module.css";

/** An invitation holds a few hundred characters, receipts and approvals their terms; whatever is much larger is none of them. */
const LARGEST_FILE = 64_000_000;
const PAGES: Record<FileKind, "/receipt" | "/approvals"> = { receipt: "/receipt", approval: "/approvals" };

/** A file that was dropped anywhere in the window opens: an invitation, a receipt, or an approval. */
export function DropFile() {
  const { common: text } = useText();
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const open = async (file: File) => {
      const content = file.size > LARGEST_FILE ? file.name : await file.text();
      const kind = kindOfFile(content);
      if (kind !== null) {
        setFileText(kind, content);
        return navigate({ to: PAGES[kind] });
      }
      setOpenInvitation({ invitation: invitationIn(content), exchangeFolder: null });
      return navigate({ to: "/invitations/open" });
    };
    const drop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void open(file);
    };
    window.addEventListener("dragenter", drag);
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", drag);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [navigate]);
  if (!over) return null;
  return (
    <div className={styles.drop}>
      <MailInboxArrowDownRegular fontSize={48} />
      <Text size={500} weight="semibold">
        {text.dropTitle}
      </Text>
      <Text>{text.dropBody}</Text>
    </div>
  );
}
