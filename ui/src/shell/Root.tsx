import { Spinner } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useBackend } from "~/api/context";
import { setFileText } from "~/api/dropped";
import { connectEvents } from "~/api/events";
import { setOpenInvitation } from "~/api/invitation-store";
import { useRead } from "~/api/queries";
import { ErrorPanel } from "~/components/ErrorPanel";
import { FirstStart } from "~/features/first-start/FirstStart";
import { Locked } from "~/features/first-start/Locked";
import { Row, Stack } from "~/components/layout";
import { SupportButton } from "~/parts/SupportButton";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import styles from "./Root.module.css";
import { Shell } from "./Shell";

/** What the window shows as a whole: the first start, the locked workspace, or the pages. */
export function Root() {
  const text = useText().common;
  const status = useRead("workspace_status", {});
  const [lookAround, setLookAround] = useState(false);
  useEvents();
  if (status.isPending) return <Spinner className={styles.center} label={text.loading} delay={300} />;
  if (status.data === undefined) {
    return (
      <main className={styles.center}>
        <Stack gap={16}>
          <h1 className={styles.title}>{text.unopenedTitle}</h1>
          <p>{text.unopenedBody}</p>
          <ErrorPanel error={status.error} onRetry={() => void status.refetch()} />
          <Row>
            <SupportButton />
          </Row>
        </Stack>
      </main>
    );
  }
  if (status.data.card === null) return <FirstStart status={status.data} />;
  if (!status.data.vault.ready && !lookAround) return <Locked vault={status.data.vault} onLookAround={() => setLookAround(true)} />;
  return <Shell status={status.data} />;
}

function useEvents(): void {
  const backend = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  useEffect(
    () =>
      connectEvents(backend, client, {
        notice: notify,
        openInvitation: (invitation) => {
          setOpenInvitation({ invitation, exchangeFolder: null });
          void navigate({ to: "/invitations/open" });
        },
        openApproval: (text) => {
          setFileText("approval", text);
          void navigate({ to: "/approvals" });
        },
      }),
    [backend, client, navigate, notify],
  );
}
