import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import { setDesktopChoice, useDesktopChoice } from "~/parts/desktop";
import { useText } from "~/text";

const TOLD = "datashare.tray-told";

/** Said once, as soon as there is something that goes on: closing the window does not end Datashare. */
export function TrayHint() {
  const { trayHint: text } = useText();
  const backend = useBackend();
  const wanted = useDesktopChoice("tray");
  const [told, setTold] = useState(() => window.localStorage.getItem(TOLD) === "yes");
  const there = useQuery({ queryKey: ["desktop"], queryFn: () => backend.desktop() }).data?.tray ?? false;
  const shares = useRead("share_list", {}).data ?? [];
  const received = useRead("received_list", {}).data ?? [];
  if (told || !wanted || !there || shares.length + received.length === 0) return null;
  const done = () => {
    window.localStorage.setItem(TOLD, "yes");
    setTold(true);
  };
  const end = () => {
    setDesktopChoice("tray", false);
    done();
  };
  return (
    <MessageBar intent="info" shape="square" layout="multiline" data-testid="tray-hint">
      <MessageBarBody>
        <MessageBarTitle>{text.title}</MessageBarTitle> {text.body}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={done} data-testid="tray-hint-fine">
          {text.fine}
        </Button>
        <Button size="small" onClick={end} data-testid="tray-hint-off">
          {text.off}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
