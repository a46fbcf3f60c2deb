import { describe, expect, test, vi } from "vitest";

import { connectEvents } from "~/api/events";
import { createProgressStore } from "~/api/progress";
import { createQueryClient } from "~/api/queries";
import { isStale } from "~/api/tags";
import { mayOpen, toErrorDto } from "~/backend/backend";
import { memoryBackend, sampleLink } from "~/backend/memory";
import { numbered } from "~/backend/tauri";
import type { SnapshotProgress } from "~/backend/bindings/commands";

const handlers = () => ({ openInvitation: vi.fn(), openApproval: vi.fn(), notice: vi.fn() });
const progress: SnapshotProgress = {
  snapshot_id: "s", received: "r", status: "Running", phase: "running", files_done: 1, files_total: 2, bytes_done: 1, bytes_total: 2,
  bytes_per_second: 10, eta_seconds: null, note: null, current: [],
};

describe("events", () => {
  test("make exactly the answers stale that are made of what changed", async () => {
    const backend = memoryBackend({ latency: 0 });
    const client = createQueryClient();
    client.setQueryData(["share_list", {}], []);
    client.setQueryData(["connection_list", {}], []);
    const stop = connectEvents(backend, client, handlers());
    backend.emit({ event: "changed", tags: ["shares"] });
    expect(client.getQueryState(["share_list", {}])?.isInvalidated).toBe(true);
    expect(client.getQueryState(["connection_list", {}])?.isInvalidated).toBe(false);
    backend.emit({ event: "missed" });
    expect(client.getQueryState(["connection_list", {}])?.isInvalidated).toBe(true);
    stop();
  });

  test("a gap in the numbers is told before what follows it", () => {
    const heard: string[] = [];
    const hear = numbered(({ event }) => heard.push(event));
    const notice = { event: "notice", message: "" } as const;
    hear({ sequence: 4, event: notice });
    hear({ sequence: 5, event: notice });
    hear({ sequence: 7, event: notice });
    expect(heard).toEqual(["notice", "notice", "missed", "notice"]);
  });

  test("an invitation or an approval that the application was started with reaches the window", () => {
    const backend = memoryBackend({ latency: 0 });
    const { openInvitation, openApproval, notice } = handlers();
    connectEvents(backend, createQueryClient(), { openInvitation, openApproval, notice });
    backend.emit({ event: "open-invitation", invitation: sampleLink("open") });
    expect(openInvitation).toHaveBeenCalledWith(sampleLink("open"));
    backend.emit({ event: "open-approval", text: "signed" });
    expect(openApproval).toHaveBeenCalledWith("signed");
  });
});

test("progress keeps a bounded number of rates, the last one last", () => {
  const store = createProgressStore();
  for (let rate = 1; rate <= 200; rate += 1) store.put({ ...progress, bytes_per_second: rate });
  expect(store.get("s")?.rates).toHaveLength(60);
  expect(store.get("s")?.rates.at(-1)).toBe(200);
});

test("an unknown question is never stale", () => expect(isStale(["something else"], ["shares"])).toBe(false));

test("only mail and secure web addresses leave the window", () => {
  expect(["https://x.example", "mailto:a@b.example"].every(mayOpen)).toBe(true);
  expect(["http://x.example", "file:///etc/passwd", "javascript:alert(1)", " https://x"].some(mayOpen)).toBe(false);
});

test("whatever is thrown becomes the one error form", () => {
  expect(toErrorDto(new Error("boom"))).toEqual({ code: "internal", message: "boom", hint: null, retry: false });
  expect(toErrorDto({ code: "busy", message: "m", hint: null, retry: true }).code).toBe("busy");
});
