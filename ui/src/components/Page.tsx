import { Button } from "@fluentui/react-components";
import { ArrowLeftRegular } from "@fluentui/react-icons";
import { type ReactNode, useEffect, useRef } from "react";

import { useText } from "~/text";

import styles from "./Page.module.css";
import { Truncate } from "./layout";

type PageProps = {
  title: string;
  lead?: ReactNode;
  /** Beside the title: a status. */
  beside?: ReactNode;
  /** The command bar. */
  commands?: ReactNode;
  back?: { label: string; onBack: () => void };
  children: ReactNode;
};

/** The frame of every page: title, commands, content. The title takes the focus, so that a screen reader says where one is. */
export function Page({ title, lead, beside, commands, back, children }: PageProps) {
  const text = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${text.common.appName}`;
  }, [title, text]);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        {back && (
          <div className={styles.backLine}>
            <Button appearance="subtle" size="small" className={styles.back} icon={<ArrowLeftRegular />} onClick={back.onBack} data-testid="back">
              <Truncate>{back.label}</Truncate>
            </Button>
          </div>
        )}
        <div className={styles.titleLine}>
          <h1 ref={heading} tabIndex={-1} className={styles.title} title={title}>
            {title}
          </h1>
          {beside}
        </div>
        {lead && <p className={styles.lead}>{lead}</p>}
        {commands && (
          <div className={styles.commands} data-testid="commands">
            {commands}
          </div>
        )}
      </header>
      {children}
    </div>
  );
}
