/** A second person: what the rules leave to them, asking, answering, and doing what was approved. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { WorkspacePolicy } from "~/backend/bindings/commands";
import { APPROVAL_FILES } from "~/backend/memory/approvals";
import { NO_RULES } from "~/backend/memory/policy";

import { find, findText, openWindow } from "./window";

const FINGERPRINT = "09d1".repeat(16);
const RULES: WorkspacePolicy = { ...NO_RULES, approvers: [{ name: "Mira", fingerprint: FINGERPRINT }], invitations_need_approval: true, datasets_need_approval: "sensitive" };

const approvalFile = (text: string) => new File([text], "a.datashare-approval");

async function choose(user: UserEvent, text: string) {
  await user.upload(await find("approval-file"), approvalFile(text));
}

describe("the rules", () => {
  test("name who may approve, by a whole fingerprint however it was copied", async () => {
    const { backend, user } = openWindow("/settings?tab=rules");
    await user.click(await find("rules-approve-invitations"));
    expect(await findText("Name at least one approver.")).toBeTruthy();
    expect((await find("rules-save")).hasAttribute("disabled")).toBe(true);
    await user.click(await find("approver-add"));
    await user.type(await find("approver-name"), "Mira");
    await user.click(await find("approver-fingerprint"));
    await user.paste("09D1 09d1");
    expect((await find("rules-save")).hasAttribute("disabled")).toBe(true);
    await user.clear(await find("approver-fingerprint"));
    await user.click(await find("approver-fingerprint"));
    await user.paste("09D1 ".repeat(16));
    await user.selectOptions(await find("rules-approve-datasets"), "sensitive");
    await user.click(await find("rules-save"));
    await waitFor(() => expect(backend.world.policy).toEqual(RULES));
  });
});

describe("asking", () => {
  test("an invitation becomes a file and waits; nobody is invited by it", async () => {
    const { backend, user, router } = openWindow("/sent/shr-sales?tab=recipients");
    backend.world.policy = RULES;
    const before = backend.world.shares[0]?.recipients.length;
    await user.click(await find("share-invite"));
    expect((await find("approval-needed")).textContent).toContain("Mira");
    await user.type(await find("recipients-input"), "hana@fabrikam.example");
    expect((await find("invite-send")).textContent).toBe("Ask for approval");
    await user.click(await find("invite-send"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/approvals"));
    expect(backend.world.files.has("/home/ana/Downloads/Request retail-sales.datashare-approval")).toBe(true);
    expect(backend.world.shares[0]?.recipients.length).toBe(before);
    expect((await find("approval-list")).textContent).toContain("Waits for approval by Mira.");
  });

  test("only what is sensitive needs a second person, where the rules say so", async () => {
    const { backend, user } = openWindow("/sent/shr-sales?tab=datasets");
    backend.world.policy = RULES;
    await user.click(await find("dataset-add"));
    await user.selectOptions(await find("dataset-connection"), "con-reports");
    await user.click(await find("tree-archive"));
    expect(screen.queryByTestId("approval-needed")).toBeNull();
    await user.click(await find("dataset-sensitive"));
    await find("approval-needed");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("dataset-add-confirm"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("approval_ask", expect.objectContaining({ change: { dataset: { share: "shr-sales", connection: "con-reports", path: "archive", name: "archive", sensitive: true } } })));
    expect(backend.world.shares[0]?.datasets.some(({ name }) => name === "archive")).toBe(false);
    await find("approval-list");
  });

  test("a new share is made, and its invitations wait", async () => {
    const { backend, user, router } = openWindow("/sent/new");
    backend.world.policy = RULES;
    await user.type(await find("share-name"), "harbour");
    await user.selectOptions(await find("share-exchange"), "con-meeting");
    await user.click(await find("wizard-next"));
    await user.click(await find("wizard-next"));
    await user.click(await find("wizard-next"));
    await user.type(await find("recipients-input"), "ben@x.example");
    await user.click(await find("wizard-next"));
    await user.click(await find("wizard-create"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/approvals"));
    expect(backend.world.shares.find(({ name }) => name === "harbour")?.recipients).toEqual([]);
    expect(backend.world.approvals[0]?.invitation?.emails).toEqual(["ben@x.example"]);
  });

  test("what is sensitive in a new share waits, and the rest is there", async () => {
    const { backend, user, router } = openWindow("/sent/new");
    backend.world.policy = { ...RULES, invitations_need_approval: false };
    await user.type(await find("share-name"), "harbour");
    await user.selectOptions(await find("share-exchange"), "con-meeting");
    await user.click(await find("wizard-next"));
    await user.selectOptions(await find("dataset-connection"), "con-reports");
    await user.click(await find("tree-archive"));
    await user.click(await find("tree-exports"));
    expect(screen.queryByTestId("approval-needed")).toBeNull();
    await user.click(screen.getByRole("checkbox", { name: "Sensitive: exports" }));
    expect((await find("approval-needed")).textContent).toContain("Mira");
    for (let step = 0; step < 3; step += 1) await user.click(await find("wizard-next"));
    expect(screen.getByText("archive, exports (sensitive)")).toBeTruthy();
    await find("approval-needed");
    await user.click(await find("wizard-create"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/approvals"));
    expect(backend.world.shares.find(({ name }) => name === "harbour")?.datasets.map(({ name }) => name)).toEqual(["archive"]);
    expect(backend.world.approvals[0]?.dataset).toMatchObject({ name: "exports", sensitive: true });
  });

  test("what is marked as sensitive stays marked, also where nobody has to approve it", async () => {
    const { backend, user } = openWindow("/sent/shr-sales?tab=datasets");
    await user.click(await find("dataset-add"));
    await user.selectOptions(await find("dataset-connection"), "con-reports");
    await user.click(await find("tree-archive"));
    await user.click(await find("dataset-sensitive"));
    await user.click(await find("dataset-add-confirm"));
    await waitFor(() => expect(backend.world.shares[0]?.datasets.find(({ name }) => name === "archive")?.sensitive).toBe(true));
    expect((await find("dataset-list")).textContent).toContain("Sensitive");
  });
});

describe("a file", () => {
  test("is shown when it is dropped anywhere, and nothing is done by it", async () => {
    const { backend, router } = openWindow("/");
    await find("home-share");
    const calls = vi.spyOn(backend, "call");
    const file = approvalFile(backend.world.files.get(APPROVAL_FILES.answer) ?? "");
    fireEvent.drop(window, { dataTransfer: { types: ["Files"], files: [file] } });
    await find("approval-do");
    expect(router.state.location.pathname).toBe("/approvals");
    const changes = calls.mock.calls.map(([name]) => name).filter((name) => name === "approval_use" || name === "approval_answer");
    expect(changes).toEqual([]);
  });

  test("is gone when its page is left", async () => {
    const { user, router } = openWindow("/", { open: "request" });
    await find("approval-grant");
    await user.click(await find("nav-home"));
    await find("home-share");
    await router.navigate({ to: "/approvals" });
    await find("approval-list");
    expect(screen.queryByTestId("approval-grant")).toBeNull();
  });
});

describe("answering", () => {
  test("shows all that would go out, and writes a signed yes", async () => {
    const { backend, user } = openWindow("/", { open: "request" });
    expect(await findText("hana@fabrikam.example")).toBeTruthy();
    expect((await find("approval-datasets")).textContent).toContain("shelf-images");
    expect(screen.getByText("What you may not do")).toBeTruthy();
    await user.click(await find("approval-grant"));
    await waitFor(() => expect(backend.saved.get("Answer retail-sales.datashare-approval")).toContain('"status":"approved"'));
    expect(await findText(/Your answer is saved/)).toBeTruthy();
  });

  test("no has a reason for whoever asked", async () => {
    const { backend, user } = openWindow("/", { open: "request" });
    await user.click(await find("approval-refuse"));
    const dialog = within(await find("approval-refuse-dialog"));
    await user.type(dialog.getByTestId("approval-reason"), "Not these people.");
    await user.click(dialog.getByTestId("approval-refuse-save"));
    await waitFor(() => expect(backend.saved.get("Answer retail-sales.datashare-approval")).toContain("Not these people."));
  });

  test("a file that is none of ours is said, and nothing can be pressed", async () => {
    const { user } = openWindow("/approvals");
    await choose(user, "cut");
    expect((await find("error")).dataset["code"]).toBe("not-genuine");
    expect(screen.queryByTestId("approval-grant")).toBeNull();
  });
});

describe("the answer", () => {
  test("is done exactly once, and leads to the links", async () => {
    const { backend, user, router } = openWindow("/", { open: "answer" });
    expect((await find("approval-state")).dataset["status"]).toBe("approved");
    await user.click(await find("approval-do"));
    await find("invitation-link-text");
    expect(backend.world.shares[0]?.recipients.filter(({ email }) => email === "hana@fabrikam.example")).toHaveLength(1);
    await router.navigate({ to: "/approvals" });
    await choose(user, backend.world.files.get(APPROVAL_FILES.answer) ?? "");
    expect((await find("approval-state")).dataset["status"]).toBe("done");
    expect(screen.queryByTestId("approval-do")).toBeNull();
  });

  test("that is a no says why, and offers nothing to do", async () => {
    openWindow("/", { open: "refusal" });
    expect((await find("approval-state")).textContent).toContain("Names of staff do not leave the house.");
    expect(screen.queryByTestId("approval-do")).toBeNull();
  });
});
