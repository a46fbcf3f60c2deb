import { Text } from "@fluentui/react-components";
import { MailInboxArrowDownRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { setOpenInvitation } from "~/api/invitation-store";
import { invitationIn } from "~/lib/invitation";
import { useText } from "~/text";

import styles from "./Shell.module.css";

/** An invitation file holds a few hundred characters; whatever is much larger is none. */
const LARGEST_FILE = 100_000;

/** A `.datashare` file dropped anywhere in the window opens its invitation. */
export function DropInvitation() {
  const text = useText().common;
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
    const drop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void readInvitation(file).then((invitation) => {
        setOpenInvitation({ invitation, exchangeFolder: null });
        return navigate({ to: "/invitations/open" });
      });
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

async function readInvitation(file: File): Promise<string> {
  return file.size > LARGEST_FILE ? file.name : invitationIn(await file.text());
}
