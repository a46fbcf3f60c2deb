import { MailInboxRegular, SendRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useRead } from "~/api/queries";
import { Page } from "~/components/Page";
import { useText } from "~/text";

import { Attention } from "./Attention";
import { DemoDoor } from "./DemoDoor";
import styles from "./HomePage.module.css";
import { RecentActivity } from "./RecentActivity";

export function HomePage() {
  const text = useText().home;
  const status = useRead("workspace_status", {});
  const name = status.data?.card?.name.split(" ")[0];
  return (
    <Page title={name ? text.greeting(name) : text.title}>
      <div className={styles.doors}>
        <Door to="/sent/new" icon={<SendRegular />} title={text.shareTitle} body={text.shareBody} testId="home-share" />
        <Door to="/invitations/open" icon={<MailInboxRegular />} title={text.openTitle} body={`${text.openBody} ${text.openDrop}`} testId="home-open" />
      </div>
      {status.data && <DemoDoor started={status.data.demo} />}
      <Attention />
      <RecentActivity />
    </Page>
  );
}

type DoorProps = { to: "/sent/new" | "/invitations/open"; icon: ReactElement; title: string; body: string; testId: string };

function Door({ to, icon, title, body, testId }: DoorProps) {
  return (
    <Link to={to} className={styles.door} data-testid={testId}>
      <span className={styles.doorIcon} aria-hidden>
        {icon}
      </span>
      <span className={styles.doorTitle}>{title}</span>
      <span className={styles.doorBody}>{body}</span>
    </Link>
  );
}
