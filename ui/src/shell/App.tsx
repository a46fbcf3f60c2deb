import { FluentProvider } from "@fluentui/react-components";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";

import { BackendProvider } from "~/api/context";
import type { Backend } from "~/backend/backend";
import { NotifyProvider } from "~/parts/notify";
import { TextProvider, textOf } from "~/text";

import type { AppRouter } from "./routes";
import { themeOf, useDark } from "~/parts/theme";

type AppProps = { backend: Backend; client: QueryClient; router: AppRouter };

export function App({ backend, client, router }: AppProps) {
  const dark = useDark();
  return (
    // No class here: Fluent gives it to everything that floats, and a menu would cover the window.
    <FluentProvider theme={themeOf(dark)} style={{ height: "100%", colorScheme: dark ? "dark" : "light" }}>
      <TextProvider value={textOf("en")}>
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
