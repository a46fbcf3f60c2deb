import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import { setDesktopChoice, setTrayTold, useDesktopChoice, useTrayTold } from "~/parts/desktop";
import { useText } from "~/text";

/** Said once, as soon as there is something that goes on: closing the window does not end Datashare. */
export function TrayHint() {
  const { trayHint: text } = useText();
  const backend = useBackend();
  const wanted = useDesktopChoice("tray");
  const told = useTrayTold();
  const there = useQuery({ queryKey: ["desktop"], queryFn: () => backend.desktop() }).data?.tray ?? false;
  const shares = useRead("share_list", {}).data ?? [];
  const received = useRead("received_list", {}).data ?? [];
  if (told || !wanted || !there || shares.length + received.length === 0) return null;
  const end = () => {
    setDesktopChoice("tray", false);
    setTrayTold();
  };
  return (
    <MessageBar intent="info" shape="square" layout="multiline" data-testid="tray-hint">
      <MessageBarBody>
        <MessageBarTitle>{text.title}</MessageBarTitle> {text.body}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={setTrayTold} data-testid="tray-hint-fine">
          {text.fine}
        </Button>
        <Button size="small" onClick={end} data-testid="tray-hint-off">
          {text.off}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
