import { FluentProvider } from "@fluentui/react-components";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { BackendProvider } from "~/api/context";
import type { Backend } from "~/backend/backend";
import { NotifyProvider } from "~/parts/notify";
import { useChosenText } from "~/parts/language";
import { TextProvider } from "~/text";

import type { AppRouter } from "./routes";
import { themeOf, useLook } from "~/parts/theme";

type AppProps = { backend: Backend; client: QueryClient; router: AppRouter };

export function App({ backend, client, router }: AppProps) {
  const look = useLook();
  const { language, text } = useChosenText();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    // No class here: Fluent gives it to everything that floats, and a menu would cover the window.
    <FluentProvider theme={themeOf(look)} style={{ height: "100%", colorScheme: look === "light" ? "light" : "dark" }}>
      <TextProvider value={text}>
        <BackendProvider value={backend}>
          <QueryClientProvider client={client}>
            <NotifyProvider>
              <RouterProvider router={router} />
            </NotifyProvider>
          </QueryClientProvider>
        </BackendProvider>
      </TextProvider>
    </FluentProvider>
  );
}
