import "@fontsource-variable/inter";
import "~/styles/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "~/api/queries";
import { chooseBackend } from "~/backend/choose";
import { App } from "~/shell/App";
import { createAppRouter } from "~/shell/routes";

const place = document.getElementById("root");
if (place) {
  const backend = await chooseBackend();
  // A file that misses the window's own drop handling must not replace the application.
  for (const name of ["dragover", "drop"] as const) window.addEventListener(name, (event) => event.preventDefault());
  createRoot(place).render(
    <StrictMode>
      <App backend={backend} client={createQueryClient()} router={createAppRouter()} />
    </StrictMode>,
  );
}
