import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { sampleLink } from "~/backend/memory";

import { find, findText, openWindow } from "./window";

async function paste(user: UserEvent, ticket: string) {
  await user.type(await find("invitation-input"), sampleLink(ticket));
  await user.click(await find("invitation-open"));
}

describe("an invitation", () => {
  test("is accepted under its terms, mapped, received, and ends as a whole snapshot", async () => {
    const { user, backend } = openWindow("/invitations/open");
    await paste(user, "open");
    expect((await find("invitation-accept")).hasAttribute("disabled")).toBe(true);
    await user.click(await find("terms-agree"));
    await user.click(await find("invitation-accept"));
    await user.selectOptions(await find("target-connection"), "con-lake");
    expect((await find("target-path") as HTMLInputElement).value).toBe("received/northwind-orders-2026");
    expect((await screen.findAllByTestId("mapping-preview", undefined)).length).toBeGreaterThan(0);
    await user.click(await find("mapping-save"));
    expect((await find("snapshot-outcome")).textContent).toContain("Everything arrived");
    expect((await find("snapshot-status")).textContent).toBe("Succeeded");
    const received = backend.world.received.find(({ summary }) => summary.name === "northwind-orders-2026");
    expect(received?.mappings.every(({ status }) => status === "Ok")).toBe(true);
  });

  test("long terms are read to the end before one can agree", async () => {
    const height = Object.getOwnPropertyDescriptor(Element.prototype, "scrollHeight");
    Object.defineProperty(Element.prototype, "scrollHeight", { configurable: true, get: () => 1000 });
    try {
      const { user } = openWindow("/invitations/open");
      await paste(user, "open");
      const agree = await find("terms-agree");
      expect(agree.hasAttribute("disabled")).toBe(true);
      const terms = await find("terms-text");
      terms.scrollTop = 1000;
      terms.dispatchEvent(new Event("scroll", { bubbles: true }));
      await waitFor(() => expect(agree.hasAttribute("disabled")).toBe(false));
    } finally {
      if (height) Object.defineProperty(Element.prototype, "scrollHeight", height);
    }
  });

  test("whose acceptance broke off says why, and goes on when tried again", async () => {
    const { user, backend } = openWindow("/invitations/open");
    const call = backend.call;
    let broken = false;
    backend.call = async (command, request) => {
      const answer = await call(command, request);
      if (command !== "invitation_accept" || broken) return answer;
      broken = true;
      throw { code: "unreachable", message: "The meeting place does not answer.", hint: "Try again.", retryable: true };
    };
    await paste(user, "open");
    await user.click(await find("terms-agree"));
    await user.click(await find("invitation-accept"));
    expect((await find("error")).dataset["code"]).toBe("unreachable");
    await waitFor(() => expect(screen.queryByTestId("received-name")).toBeNull());
    await user.click(await find("invitation-accept"));
    expect(await find("target-connection")).toBeTruthy();
  });

  test.each([
    ["spent", "Refused", "cannot be used"],
    ["withdrawn", "Withdrawn", "withdrew"],
    ["expired", "Expired", "expired"],
  ])("that is %s says so and cannot be accepted", async (ticket, status, words) => {
    const { user } = openWindow("/invitations/open");
    await paste(user, ticket);
    const card = await find("invitation-status");
    expect(card.dataset["status"]).toBe(status);
    expect(card.textContent).toContain(words);
    expect(screen.queryByTestId("invitation-accept")).toBeNull();
  });

  test("cut short is told apart, and can be pasted again", async () => {
    const { user } = openWindow("/invitations/open");
    await user.type(await find("invitation-input"), "datashare://invitation#1.cut");
    await user.click(await find("invitation-open"));
    expect((await find("error")).dataset["code"]).toBe("bad-invitation");
    expect(screen.queryByTestId("exchange-folder")).toBeNull();
    await user.click(screen.getByText("Paste it again"));
    expect(await find("invitation-input")).toBeTruthy();
  });

  test("whose meeting folder is elsewhere asks for it", async () => {
    const { user } = openWindow("/invitations/open");
    await paste(user, "folder");
    await user.type(await find("exchange-folder"), "/media/shared");
    await user.click(await find("exchange-folder-open"));
    expect(await find("invitation-accept")).toBeTruthy();
  });

  test("is rejected only after a question", async () => {
    const { user, backend } = openWindow("/invitations/open");
    await paste(user, "open");
    await user.click(await find("invitation-reject"));
    await user.click(await find("confirm"));
    await waitFor(() => expect(backend.world.offers.find(({ ticket }) => ticket === "open")?.invitation.status).toBe("Rejected"));
    expect((await find("invitation-status")).dataset["status"]).toBe("Rejected");
  });

  test("opens from outside while the window is somewhere else", async () => {
    const { backend } = openWindow("/settings");
    await find("settings-theme");
    backend.emit({ event: "open-invitation", invitation: sampleLink("open") });
    expect(await find("invitation-accept")).toBeTruthy();
  });

  test("opens where its file is dropped, on any page", async () => {
    openWindow("/settings");
    await find("settings-theme");
    const file = new File([`Ana invites you.\n${sampleLink("open")}\n`], "sales.datashare");
    fireEvent.drop(window, { dataTransfer: { types: ["Files"], files: [file] } });
    expect(await find("invitation-accept")).toBeTruthy();
  });
});

describe("a received share", () => {
  test("that waits for the provider moves on by itself", async () => {
    const { backend } = openWindow("/received/rcv-waiting");
    expect((await find("received-status")).textContent).toBe("Waiting");
    const waiting = backend.world.received.find(({ summary }) => summary.id === "rcv-waiting");
    if (waiting) Object.assign(waiting.summary, { status: "Active", status_message: null });
    await waitFor(() => expect(screen.getByTestId("received-status").textContent).toBe("Active"));
  });

  test("with changed terms takes no snapshot until they are agreed to", async () => {
    const { user } = openWindow("/received/rcv-climate");
    expect((await find("snapshot-now")).hasAttribute("disabled")).toBe(true);
    await user.click(await find("terms-changed-read"));
    await user.click(await find("terms-agree"));
    await user.click(await find("terms-changed-agree"));
    await waitFor(() => expect(screen.getByTestId("snapshot-now").hasAttribute("disabled")).toBe(false));
  });

  test("that was revoked says by whom and what stays", async () => {
    openWindow("/received/rcv-revoked");
    expect((await find("received-status-words")).textContent).toContain("Northwind Traders ended your access");
    expect(screen.queryByTestId("snapshot-now")).toBeNull();
  });
});

test("a snapshot is cancelled after a question, and what arrived is told", async () => {
  const { user } = openWindow("/received/rcv-orders", { tick: 40 });
  await user.click(await find("snapshot-now"));
  await user.click(await find("snapshot-cancel"));
  await user.click(await find("confirm"));
  expect((await find("snapshot-outcome")).textContent).toContain("cancelled");
  expect((await find("snapshot-status")).textContent).toBe("Cancelled");
});

test("each failed file has its reason and a hint, and trying again is an incremental snapshot", async () => {
  const { user, backend } = openWindow("/activity/snp-2");
  expect((await find("snapshot-failures")).textContent).toContain("The target ran out of space.");
  await user.click(await find("snapshot-retry"));
  await findText(/Everything arrived/);
  expect(backend.world.snapshots[0]?.mode).toBe("incremental");
});

test("the sample leads through both parts without a choice to make, and goes with one click", async () => {
  const { user, backend } = openWindow("/", { scenario: "empty" });
  await user.click(await find("demo-start"));
  await user.click(await find("terms-agree"));
  await user.click(await find("invitation-accept"));
  expect(((await find("target-path")) as HTMLInputElement).value).toBe("from-the-sample");
  await user.click(await find("mapping-save"));
  expect((await find("snapshot-outcome")).textContent).toContain("Everything arrived");
  await user.click(await find("demo-remove"));
  await waitFor(() => expect(backend.world.shares).toHaveLength(0));
  expect(await find("demo-start")).toBeTruthy();
});

describe("a running snapshot", () => {
  test("is paused, limited and resumed", async () => {
    const { backend, user } = openWindow("/activity", { scenario: "running" });
    const calls = vi.spyOn(backend, "call");
    await user.click(within(await find("activity-list")).getAllByRole("button")[0] as HTMLElement);
    await user.click(await find("snapshot-pause"));
    await find("snapshot-resume");
    await user.click(await find("snapshot-limit"));
    await user.type(await find("snapshot-limit-rate"), "2,5");
    await user.click(await find("snapshot-limit-set"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("snapshot_limit", expect.objectContaining({ bytes_per_second: 2_500_000 })));
  });
});
