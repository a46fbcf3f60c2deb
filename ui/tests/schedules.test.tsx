import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { sampleLink } from "~/backend/memory";
import { draftOf, emptySchedule, scheduleWords, wishOf } from "~/parts/schedule";
import { de } from "~/text/de";
import { en } from "~/text/en";

import { find, findText, openWindow } from "./window";

describe("a schedule", () => {
  test("is offered with a new share, and stands in its invitations", async () => {
    const { user, backend } = openWindow("/sent/new");
    await user.type(await find("share-name"), "harbour");
    await user.selectOptions(await find("share-exchange"), "con-meeting");
    await user.click(await find("wizard-next"));
    await user.click(await find("wizard-next"));
    await user.click(await find("share-schedule"));
    await user.selectOptions(await find("schedule-kind"), "week");
    await user.click(await find("schedule-monday"));
    expect((await find("wizard-next")).hasAttribute("disabled")).toBe(true);
    await user.click(await find("schedule-thursday"));
    fireEvent.change(await find("schedule-at"), { target: { value: "06:15" } });
    await waitFor(async () => expect((await find("schedule-next")).querySelectorAll("li")).toHaveLength(5));
    await user.click(await find("wizard-next"));
    await user.type(await find("recipients-input"), "ben@x.example");
    await user.click(await find("wizard-next"));
    await user.click(await find("wizard-create"));
    await waitFor(() => expect(screen.getAllByTestId("invitation-link-text")).toHaveLength(1));
    const share = backend.world.shares.find(({ name }) => name === "harbour");
    expect(share?.schedule?.schedule).toMatchObject({ recurrence: { every: "week", days: ["thursday"] }, at: "06:15" });
  });

  test("that the application refuses cannot be taken along", async () => {
    const { user } = openWindow("/sent/shr-weather?tab=schedule");
    await user.click(await find("schedule-set"));
    await user.selectOptions(await find("schedule-kind"), "hours");
    await user.clear(await find("schedule-hours"));
    await user.type(await find("schedule-hours"), "0");
    expect(await findText("A whole number from 1 to 168.")).toBeTruthy();
    expect((await find("schedule-save")).hasAttribute("disabled")).toBe(true);
  });

  test("is set, changed and taken away on the page of the share", async () => {
    const { user, backend } = openWindow("/sent/shr-sales?tab=schedule");
    await user.click(await find("schedule-edit"));
    await user.selectOptions(await find("schedule-kind"), "hour");
    await user.selectOptions(await find("schedule-spread"), "fifteen");
    await user.click(await find("schedule-save"));
    expect(await findText(/^Every hour, counted from 02:30/)).toBeTruthy();
    expect(backend.world.shares[0]?.schedule?.schedule).toMatchObject({ recurrence: { every: "hours", hours: 1 }, jitter_seconds: 900 });
    await user.click(await find("schedule-clear"));
    await user.click(await find("confirm"));
    await find("schedule-set");
    expect(backend.world.shares[0]?.schedule).toBeNull();
  });

  test("keeps what was written when it is opened again, and has words in both languages", () => {
    for (const kind of ["hour", "hours", "day", "week", "cron"] as const) {
      const wish = wishOf({ ...emptySchedule(), kind, zone: "Europe/Berlin", spread: 300 });
      if (!wish) throw new Error("not written to its end");
      const again = wishOf(draftOf({ ...wish, start: "2026-11-21T00:00:00Z", jitter_seconds: 300 }));
      expect(again).toEqual(wish);
      for (const text of [en, de]) expect(scheduleWords(wish, text)).toContain("Europe/Berlin");
    }
    expect(wishOf({ ...emptySchedule(), at: "" })).toBeNull();
    expect(wishOf({ ...emptySchedule(), kind: "cron", cron: "0 6 * *" })).toBeNull();
  });
});

describe("a received share", () => {
  test("is kept up to date by the provider's schedule from the first target on, unless one does not want it", async () => {
    const { user, backend } = openWindow("/invitations/open");
    await user.type(await find("invitation-input"), sampleLink("open"));
    await user.click(await find("invitation-open"));
    expect(await findText("Every day at 02:30 (Europe/Berlin)")).toBeTruthy();
    await user.click(await find("terms-agree"));
    await user.click(await find("invitation-accept"));
    await user.selectOptions(await find("target-connection"), "con-lake");
    expect((await find("mapping-follow") as HTMLInputElement).checked).toBe(true);
    await user.click(await find("mapping-snapshot-now"));
    await user.click(await find("mapping-save"));
    await find("trigger-next");
    expect(backend.world.received.at(-1)?.trigger).toMatchObject({ mode: "incremental", own: null });
  });

  test("says when next, and is switched off and on", async () => {
    const { user, backend } = openWindow("/received/rcv-orders");
    expect((await find("trigger-next")).querySelectorAll("li")).toHaveLength(5);
    await user.click(await find("trigger-switch"));
    await waitFor(() => expect(backend.world.received[0]?.trigger).toBeNull());
    await waitFor(() => expect(screen.queryByTestId("trigger-next")).toBeNull());
    await user.click(await find("trigger-switch"));
    await find("trigger-next");
  });

  test("comes by times of one's own, but not more often than the provider allows", async () => {
    const { user, backend } = openWindow("/received/rcv-orders");
    await user.click(await find("trigger-change"));
    await user.click(await find("trigger-whose-own"));
    await user.selectOptions(await find("schedule-kind"), "hour");
    await user.click(await find("trigger-save"));
    expect(await findText(/more often than the provider allows/)).toBeTruthy();
    await user.selectOptions(await find("schedule-kind"), "week");
    await user.click(await find("trigger-mode-full"));
    await user.click(await find("trigger-save"));
    await waitFor(() => expect(backend.world.received[0]?.trigger).toMatchObject({ mode: "full", own: { schedule: { recurrence: { every: "week" } } } }));
  });

  test("says so when the provider took the schedule away", async () => {
    const { backend } = openWindow("/received/rcv-orders");
    const [orders] = backend.world.received;
    if (orders) orders.offer.schedule = null;
    expect((await find("trigger-message")).textContent).toContain("took the schedule away");
  });
});

describe("a fresh publication", () => {
  test("is asked for once, until it is answered", async () => {
    const { user } = openWindow("/received/rcv-orders");
    await user.click(await find("publication-ask"));
    expect(await findText(/There is no answer yet/)).toBeTruthy();
    expect((await find("publication-ask")).hasAttribute("disabled")).toBe(true);
  });

  test("is given, or refused with a reason", async () => {
    const { user, backend } = openWindow("/sent/shr-sales?tab=recipients");
    await user.click(await find("publication-refuse"));
    expect((await find("publication-refuse-send")).hasAttribute("disabled")).toBe(true);
    await user.type(await find("publication-reason"), "There is nothing new before Monday.");
    await user.click(await find("publication-refuse-send"));
    await waitFor(() => expect(screen.queryByTestId("publication-give")).toBeNull());
    expect(backend.world.shares[0]?.recipients[0]?.publication_asked_at).toBeUndefined();
  });
});
