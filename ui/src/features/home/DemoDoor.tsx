import { Button, Spinner } from "@fluentui/react-components";
import { PlayCircleRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import { setOpenInvitation } from "~/api/invitation-store";
import { ErrorPanel } from "~/components/ErrorPanel";
import { useText } from "~/text";

import styles from "./HomePage.module.css";

/** Both parts on one computer, without an account. */
export function DemoDoor({ started }: { started: boolean }) {
  const text = useText().home;
  const create = useChange("demo_create");
  const navigate = useNavigate();
  if (started) return null;
  const start = () =>
    create.mutate(
      {},
      {
        onSuccess: ({ invitation, target_connection: connection, target_path: path }) => {
          setOpenInvitation({ invitation: invitation.link, exchangeFolder: null, target: { connection, path } });
          void navigate({ to: "/invitations/open" });
        },
      },
    );
  return (
    <>
      <section className={styles.demo} aria-label={text.demoTitle}>
        <div className={styles.demoText}>
          <span className={styles.demoTitle}>{text.demoTitle}</span>
          <span className={styles.doorBody}>{text.demoBody}</span>
        </div>
        <Button icon={create.isPending ? <Spinner size="tiny" /> : <PlayCircleRegular />} disabled={create.isPending} onClick={start} data-testid="demo-start">
          {text.demoStart}
        </Button>
      </section>
      {create.error && <ErrorPanel error={create.error} onRetry={start} />}
    </>
  );
}
