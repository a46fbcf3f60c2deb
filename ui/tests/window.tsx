/** The whole window on the backend in memory, as a person would use it. */
import { createMemoryHistory } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import { createQueryClient } from "~/api/queries";
import { type MemoryOptions, memoryBackend } from "~/backend/memory";
import { App } from "~/shell/App";
import { createAppRouter } from "~/shell/routes";

export function openWindow(path: string, options: MemoryOptions = {}) {
  const backend = memoryBackend({ latency: 0, tick: 2, ...options });
  const router = createAppRouter(createMemoryHistory({ initialEntries: [path] }));
  const user = userEvent.setup({ delay: null });
  render(<App backend={backend} client={createQueryClient()} router={router} />);
  return { backend, router, user };
}

export const find = (testId: string) => screen.findByTestId(testId);
export const findText = (text: string | RegExp) => screen.findByText(text);
