/**
 * A whole backend in memory, with realistic data that behaves: both parties live in one workspace, so an invitation made
 * here can be opened here. For tests, for the screen tests and for designing in a browser (`?backend=memory&scenario=…`).
 */
import { type Backend, type BackendEvent, type CommandName, type TrayWords, toErrorDto } from "./backend";
import { APPROVAL_FILES, type ApprovalFileName, approvalHandlers } from "./memory/approvals";
import { connectionHandlers } from "./memory/connections";
import { consumerHandlers } from "./memory/consumer";
import type { Handlers } from "./memory/handlers";
import { movingHandlers } from "./memory/moving";
import { policyHandlers } from "./memory/policy";
import { proofHandlers } from "./memory/proof";
import { mailHandlers } from "./memory/mail";
import { notificationHandlers } from "./memory/notifications";
import { providerHandlers } from "./memory/provider";
import { runHandlers, start } from "./memory/runs";
import { buildWorld } from "./memory/scenario";
import { SCENARIOS, type Scenario, type World } from "./memory/world";
import { scheduleHandlers } from "./memory/schedules";
import { workspaceHandlers } from "./memory/workspace";

const HANDLERS: Handlers = { ...workspaceHandlers, ...connectionHandlers, ...providerHandlers, ...consumerHandlers, ...runHandlers, ...policyHandlers, ...proofHandlers, ...movingHandlers, ...approvalHandlers, ...mailHandlers, ...scheduleHandlers, ...notificationHandlers };

export type MemoryBackend = Backend & {
  world: World;
  /** What the window asked the system to do, oldest first. */
  opened: string[];
  /** What was saved as a file, by the suggested name. */
  saved: Map<string, string>;
  /** What the system was asked to tell. */
  notified: string[];
  /** What the tray was asked to show, oldest first. */
  tray: (TrayWords | null)[];
  /** Sends an event as the application would. */
  emit: (event: BackendEvent) => void;
};

export type MemoryOptions = {
  scenario?: Scenario;
  /** The approval file that was double-clicked to start the window. */
  open?: ApprovalFileName;
  /** Milliseconds between two steps of a run. */
  tick?: number;
  /** Milliseconds until an answer comes. */
  latency?: number;
};

export function scenarioIn(parameters: URLSearchParams): Scenario {
  const wanted = parameters.get("scenario");
  return SCENARIOS.find((one) => one === wanted) ?? "normal";
}

/** The approval file that the window was started with: `?open=request`, `answer` or `refusal`. */
export function openIn(parameters: URLSearchParams): ApprovalFileName | undefined {
  const name = parameters.get("open") ?? "";
  return name in APPROVAL_FILES ? (name as ApprovalFileName) : undefined;
}

/** The link of an invitation that this backend can open. */
export function sampleLink(ticket: string): string {
  return `datashare://invitation#1.${ticket}.k7Qm2VdYxP0sN4eTtBz8wLr3HfUjAoCi6G9yXqZ5uKnM1bDpEhRvSgWcJlOaFI0T2x8Q4m6Z`;
}

export function memoryBackend({ scenario = "normal", tick = 150, latency = 20, open }: MemoryOptions = {}): MemoryBackend {
  const listeners = new Set<(event: BackendEvent) => void>();
  const opened: string[] = [];
  const notified: string[] = [];
  const tray: (TrayWords | null)[] = [];
  let startsAtLogin = false;
  const saved = new Map<string, string>();
  const world = buildWorld(scenario, tick);
  const emit = (event: BackendEvent) => {
    for (const listener of listeners) listener(structuredClone(event));
  };
  world.emit = emit;
  let started = false;
  return {
    world,
    opened,
    saved,
    notified,
    tray,
    emit,
    async call(name, request) {
      await new Promise((resolve) => setTimeout(resolve, latency));
      try {
        return run(world, name, request);
      } catch (error) {
        throw toErrorDto(error);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      const [first] = world.received;
      if (scenario === "running" && !started && first) start(world, first, "full", [], 22);
      if (open && !started) setTimeout(() => emit({ event: "open-approval", text: world.files.get(APPROVAL_FILES[open]) ?? "" }));
      started = true;
      return () => listeners.delete(listener);
    },
    pickFolder: async () => "/home/ana/Documents/exports",
    pickFile: async () => "/home/ana/Downloads/ana.datashare-workspace",
    pickSaveFile: async (suggestedName) => `/home/ana/Downloads/${suggestedName}`,
    async saveText(suggestedName, text) {
      saved.set(suggestedName, text);
      return `/home/ana/Downloads/${suggestedName}`;
    },
    openExternal: async (url) => void opened.push(url),
    desktop: async () => ({ tray: true, starts_at_login: startsAtLogin }),
    async startAtLogin(on) {
      startsAtLogin = on;
    },
    showTray: async (words) => void tray.push(words),
    notify: async (title, body) => void notified.push(`${title}: ${body}`),
    showProgress: async () => undefined,
    supportReport: async () => "Datashare 0.1.0\nSystem: memory\n\nThere is no log.",
    // A browser has its own keys for this.
    zoom: async () => undefined,
    openFolder: async (path) => void opened.push(path),
  };
}

function run<K extends CommandName>(world: World, name: K, request: Parameters<Handlers[K]>[1]): ReturnType<Handlers[K]> {
  const handler = HANDLERS[name] as (world: World, request: unknown) => ReturnType<Handlers[K]>;
  return structuredClone(handler(world, request));
}
