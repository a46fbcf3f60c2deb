import { Button, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { useChange } from "~/api/mutations";
import type { WorkspaceStatus } from "~/backend/bindings/commands";
import { ScrollContext } from "~/components/scroll";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { Desktop } from "./Desktop";
import { DropFile } from "./DropFile";
import { Nav } from "./Nav";
import { Shortcuts } from "./Shortcuts";
import { TrayHint } from "./TrayHint";
import styles from "./Shell.module.css";

/** The window once the workspace is open: pages on the left, the page, and what concerns the whole window above it. */
export function Shell({ status }: { status: WorkspaceStatus }) {
  const text = useText();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // Each page begins at its top. (Some browsers answer scrollTo with a promise, which must not become a clean-up.)
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies, react/exhaustive-deps
  }, [path]);
  return (
    <Shortcuts>
      <div className={styles.shell}>
        <div className={styles.skip}>
          <Button appearance="primary" onClick={() => main.current?.focus()}>
            {text.common.skipToContent}
          </Button>
        </div>
        <Nav />
        <main ref={main} className={styles.main} tabIndex={-1} id="content">
          <div className={styles.banners}>
            {!status.vault.ready && <VaultBanner />}
            {status.demo && <DemoBanner />}
            <TrayHint />
          </div>
          <ScrollContext value={main}>
            <Outlet />
          </ScrollContext>
        </main>
        <DropFile />
        <Desktop />
      </div>
    </Shortcuts>
  );
}

function VaultBanner() {
  const text = useText().common;
  const navigate = useNavigate();
  return (
    <MessageBar intent="warning" shape="square">
      <MessageBarBody>{text.vaultBanner}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => void navigate({ to: "/settings", search: { tab: "secrets" } })} data-testid="vault-banner-unlock">
          {text.vaultBannerAction}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

function DemoBanner() {
  const text = useText().common;
  const remove = useChange("demo_remove");
  const notify = useNotify();
  const navigate = useNavigate();
  const onSuccess = () => {
    notify(text.demoRemoved);
    void navigate({ to: "/" });
  };
  return (
    <MessageBar intent="info" shape="square">
      <MessageBarBody>{text.demoBanner}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" disabled={remove.isPending} onClick={() => remove.mutate({}, { onSuccess })} data-testid="demo-remove">
          {text.demoRemove}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
