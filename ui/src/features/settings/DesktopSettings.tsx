import { Switch } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { toErrorDto } from "~/backend/backend";
import type { ErrorDto } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Stack } from "~/components/layout";
import { setDesktopChoice, useDesktopChoice } from "~/parts/desktop";
import { useText } from "~/text";

/** What Datashare does on this desktop beside its window. */
export function DesktopSettings() {
  const { settings: text } = useText();
  const backend = useBackend();
  const client = useQueryClient();
  const state = useQuery({ queryKey: ["desktop"], queryFn: () => backend.desktop() }).data;
  const tray = useDesktopChoice("tray");
  const notifications = useDesktopChoice("notifications");
  const [error, setError] = useState<ErrorDto>();
  const startAtLogin = (on: boolean) => {
    setError(undefined);
    backend
      .startAtLogin(on)
      .catch((problem: unknown) => setError(toErrorDto(problem)))
      .finally(() => void client.invalidateQueries({ queryKey: ["desktop"] }));
  };
  if (!state) return null;
  return (
    <Card title={text.desktop}>
      <Stack gap={8}>
        <Switch label={text.notifications} checked={notifications} onChange={(_, { checked }) => setDesktopChoice("notifications", checked)} data-testid="settings-notifications" />
        <Switch label={text.tray} checked={tray && state.tray} disabled={!state.tray} onChange={(_, { checked }) => setDesktopChoice("tray", checked)} data-testid="settings-tray" />
        <Muted small>{state.tray ? text.trayHint : text.trayMissing}</Muted>
        {state.starts_at_login !== null && (
          <Switch label={text.startAtLogin} checked={state.starts_at_login} onChange={(_, { checked }) => startAtLogin(checked)} data-testid="settings-login" />
        )}
        {error && <ErrorPanel error={error} />}
      </Stack>
    </Card>
  );
}
