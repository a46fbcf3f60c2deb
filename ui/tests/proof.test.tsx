/** Proof, rules and trust: what the window shows of them, and what it says before the application has to refuse. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { kindOfFile } from "~/api/dropped";
import type { WorkspacePolicy } from "~/backend/bindings/commands";
import { difference, receiptFacts, sampleReceipt } from "~/backend/memory/proof";
import { isAllowed, latestDay, problemsOf } from "~/parts/rules";

import { find, findText, openWindow } from "./window";

const NOW = new Date("2026-11-21T12:00:00");
const RULES: WorkspacePolicy = { recipient_domains: ["fabrikam.example"], longest_invitation_days: 14, longest_access_days: null, terms_required: true, right_away_forbidden: true, approvers: [], invitations_need_approval: false, datasets_need_approval: "none" };
const PLAN = { emails: ["ben@Fabrikam.example"], expires: "2026-12-01", acceptance: "ask" as const, hasTerms: true };

async function chooseReceipt(user: UserEvent, text: string) {
  await user.upload(await find("receipt-file"), new File([text], "a.receipt.json", { type: "application/json" }));
}

describe("a receipt", () => {
  test("says in words who agreed to what, and what arrived", async () => {
    const { user } = openWindow("/receipt");
    const snapshot = { snapshot_id: "s", mode: "full" as const, status: "PartlySucceeded" as const, started_at: "2026-11-20T10:00:00Z", ended_at: "2026-11-20T10:05:00Z", files_total: 16, files_written: 14, files_skipped: 0, files_failed: 2, bytes_total: 1, bytes_written: 1, manifest_version: 1, manifest_sha256: "ab", manifest_confirmed: true };
    await chooseReceipt(user, sampleReceipt(receiptFacts({ snapshot })));
    const proven = (await find("receipt-proven")).textContent ?? "";
    for (const words of ["genuine", "Ben Okafor (Fabrikam) accepted the invitation to “retail-sales” from Ana Lindqvist (Contoso)", "version 1 of the terms", "14 files", "2 files did not arrive", "signed the list"]) expect(proven).toContain(words);
  });

  test("that was changed proves nothing", async () => {
    const { user } = openWindow("/receipt");
    await chooseReceipt(user, sampleReceipt().slice(0, -20));
    expect((await find("receipt-not-proven")).textContent).toContain("This proves nothing");
    expect(screen.queryByTestId("receipt-proven")).toBeNull();
  });

  test("is dropped anywhere, and an invitation is no receipt", async () => {
    const { router } = openWindow("/");
    await find("home-share");
    const file = new File([sampleReceipt()], "x.json");
    fireEvent.drop(window, { dataTransfer: { types: ["Files"], files: [file] } });
    await find("receipt-proven");
    expect(router.state.location.pathname).toBe("/receipt");
    expect(kindOfFile("datashare://invitation#1.abc")).toBeNull();
  });

  test("is saved for the chosen recipient and snapshot", async () => {
    const { backend, user } = openWindow("/sent/shr-sales?tab=audit");
    await user.click(await find("receipt-open"));
    await user.selectOptions(await find("receipt-person"), "rec-ben");
    await user.selectOptions(await find("receipt-of"), "snp-b1");
    await user.click(await find("receipt-save"));
    const saved = () => [...backend.world.files].find(([path]) => path.includes("Ben Okafor"))?.[1];
    await waitFor(() => expect(saved()).toBeDefined());
    expect(JSON.parse(saved() ?? "")).toMatchObject({ facts: { invited: "ben@fabrikam.example", snapshot: { snapshot_id: "snp-b1" } } });
  });

  test("of a run that a recipient reported is of that recipient", async () => {
    const { backend, user } = openWindow("/activity/snp-d1");
    await user.click(await find("receipt-open"));
    await waitFor(() => expect([...backend.world.files.values()].at(-1)).toContain("dan@adatum.example"));
  });
});

describe("the rules of the workspace", () => {
  test("are told before anything is asked", () => {
    expect(isAllowed(problemsOf(RULES, PLAN, NOW))).toBe(true);
    expect(problemsOf(RULES, { ...PLAN, emails: ["a@fabrikam.example.evil", "b@x"] }, NOW).strangers).toHaveLength(2);
    expect(problemsOf(RULES, { ...PLAN, expires: "2026-12-06" }, NOW).latest).toBe(latestDay(14, NOW));
    expect(problemsOf(RULES, { ...PLAN, hasTerms: false }, NOW).terms).toBe(true);
    expect(problemsOf(RULES, { ...PLAN, acceptance: "right-away" }, NOW).rightAway).toBe(true);
  });

  test("name a latest day whose end is not behind the limit", () => {
    const latest = new Date(`${latestDay(14, NOW)}T23:59:59`);
    expect(latest.getTime()).toBeLessThanOrEqual(NOW.getTime() + 14 * 86_400_000);
  });

  test("are saved, and the invite dialog says what they forbid before the button is pressed", async () => {
    const { backend, user, router } = openWindow("/settings?tab=rules");
    await user.type(await find("rules-domains"), "fabrikam.example");
    await user.type(await find("rules-invitation-days"), "0");
    expect((await find("rules-save")).hasAttribute("disabled")).toBe(true);
    await user.clear(await find("rules-invitation-days"));
    await user.type(await find("rules-invitation-days"), "14");
    await user.click(await find("rules-right-away"));
    await user.click(await find("rules-save"));
    await waitFor(() => expect(backend.world.policy).toMatchObject({ recipient_domains: ["fabrikam.example"], longest_invitation_days: 14, right_away_forbidden: true }));
    await router.navigate({ to: "/sent/$share", params: { share: "shr-sales" } });
    await user.click(await find("share-invite"));
    const calls = vi.spyOn(backend, "call");
    await user.type(await find("recipients-input"), "carla@tailspin.example");
    expect((await find("rules-forbid")).textContent).toContain("carla@tailspin.example");
    expect((await find("invite-send")).hasAttribute("disabled")).toBe(true);
    expect((await find("acceptance-right-away")).hasAttribute("disabled")).toBe(true);
    expect((screen.getByTestId("recipients-expires") as HTMLInputElement).value <= (latestDay(14, new Date()) ?? "")).toBe(true);
    await user.clear(await find("recipients-input"));
    await user.type(await find("recipients-input"), "ben@fabrikam.example");
    expect(screen.queryByTestId("rules-forbid")).toBeNull();
    await user.click(await find("invite-send"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("invite", expect.objectContaining({ emails: ["ben@fabrikam.example"] })));
    await find("invitation-link-text");
  });
});

describe("the records", () => {
  test("are exported by the application, in the chosen form", async () => {
    const { backend, user } = openWindow("/received/rcv-orders?tab=audit");
    backend.world.audit.set("rcv-orders", [...(backend.world.audit.get("shr-sales") ?? [])]);
    backend.emit({ event: "changed", tags: ["received"] });
    await find("audit-records");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("export"));
    await user.click(await find("export-csv"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("audit_export", { name: "rcv-orders", format: "csv", path: expect.stringMatching(/northwind-orders Audit\.csv$/) }));
    expect(await findText(/7 rows saved/)).toBeTruthy();
  });

  test("that are not whole are named, and lead to their share", async () => {
    const { router, user } = openWindow("/settings?tab=secrets", { scenario: "errors" });
    await user.click(await find("check-all"));
    const report = await find("check-all-report");
    expect(report.textContent).toContain("retail-sales: Record 2, share");
    await user.click(within(report).getByRole("button"));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ tab: "audit" }));
  });

  test("have a register of every access with its end", async () => {
    const { backend, user } = openWindow("/sent/shr-sales?tab=audit");
    await user.click(await find("grants-open"));
    const list = await find("grant-list");
    expect(within(list).getAllByText("Ended").length).toBeGreaterThan(0);
    const calls = vi.spyOn(backend, "call");
    const card = list.closest("section") as HTMLElement;
    await user.click(within(card).getByTestId("export"));
    await user.click(await find("export-json"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("grant_export", expect.objectContaining({ name: "shr-sales", format: "json" })));
  });
});

describe("terms", () => {
  test("are compared line by line, with signs that are said aloud too", async () => {
    const { user } = openWindow("/sent/shr-sales?tab=terms");
    await user.click(await find("terms-changes-2"));
    const lines = await find("terms-difference");
    expect(lines.textContent).toContain("Removed: 2. Use the data to train models");
    expect(lines.textContent).toContain("Added: Keep the data encrypted");
    expect(lines.textContent).toMatch(/\d+ unchanged lines/);
    await user.click(await find("terms-people-1"));
    expect(await findText(/Ben Okafor, Fabrikam/)).toBeTruthy();
  });

  test("that changed show the recipient what changed before asking again", async () => {
    const { user } = openWindow("/received/rcv-climate");
    await user.click(await find("terms-changed-read"));
    expect((await find("terms-difference")).textContent).toContain("14 days");
    expect(await find("terms-text")).toBeTruthy();
  });

  test("a difference has every line of both sides once", () => {
    const found = difference("a\nb\nc\n", "a\nx\nc\nd\n");
    expect(found.map(({ change, text }) => `${change} ${text}`)).toEqual(["same a", "removed b", "added x", "same c", "added d"]);
  });
});

describe("safety codes", () => {
  test("are compared on the provider's side, and the note stays", async () => {
    const { user } = openWindow("/sent/shr-sales?tab=recipients");
    await user.click(await find("safety-compare"));
    expect((await find("safety-theirs")).textContent).toContain("winter");
    expect((await find("safety-mine")).textContent).toContain("harbour");
    await user.click(await find("safety-same"));
    expect(await findText(/^Compared on/)).toBeTruthy();
  });

  test("that differ say what to do, and are not noted as the same", async () => {
    const { user } = openWindow("/received/rcv-orders");
    await user.click(await find("safety-compare"));
    await user.click(await find("safety-differ"));
    expect((await find("safety-differs")).textContent).toContain("Do not accept");
    expect(screen.queryByTestId("safety-same")).toBeNull();
    expect(window.localStorage.getItem("datashare.compared")).toBe("{}");
  });
});

describe("moving", () => {
  test("saves the workspace under a passphrase that was typed twice", async () => {
    const { backend, user } = openWindow("/settings?tab=secrets");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("workspace-export"));
    await user.type(await find("export-passphrase"), "correct horse");
    await user.type(await find("export-passphrase-repeat"), "correct hors");
    expect((await find("export-save")).hasAttribute("disabled")).toBe(true);
    await user.type(await find("export-passphrase-repeat"), "e");
    await user.click(await find("export-save"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("workspace_export", { path: "/home/ana/Downloads/Contoso.datashare-workspace", passphrase: "correct horse" }));
    expect(await findText(/The workspace is saved/)).toBeTruthy();
  });

  test("takes the workspace over at the first start; a wrong passphrase is no dead end", async () => {
    const { user } = openWindow("/", { scenario: "first-start" });
    await user.click(await find("first-move"));
    await user.click(await find("import-choose"));
    await user.type(await find("import-passphrase"), "wrong");
    await user.click(await find("import-submit"));
    expect((await find("error")).dataset["code"]).toBe("wrong-passphrase");
    await user.clear(await find("import-passphrase"));
    await user.type(await find("import-passphrase"), "correct horse");
    await user.click(await find("import-submit"));
    await user.click(await find("nav-sent"));
    expect(await findText("retail-sales")).toBeTruthy();
  });

  test("changes the passphrase of the file with the secrets", async () => {
    const { user } = openWindow("/settings?tab=secrets", { scenario: "passphrase" });
    await user.type(await find("vault-passphrase"), "correct horse");
    await user.click(await find("vault-submit"));
    await user.click(await find("vault-passphrase-change"));
    await user.type(await find("passphrase-old"), "correct horse");
    await user.type(await find("passphrase-new"), "battery staple");
    await user.type(await find("passphrase-new-repeat"), "battery staple");
    await user.click(await find("passphrase-save"));
    expect(await findText("The passphrase is changed.")).toBeTruthy();
  });
});

describe("the options of a snapshot", () => {
  test("are in the dry run, in the run and in its summary, and are kept for the share", async () => {
    const { backend, user } = openWindow("/received/rcv-orders");
    await user.click(await find("run-options"));
    await user.click(await find("run-mirror"));
    await user.click(await find("run-verify"));
    await user.keyboard("{Escape}");
    await user.click(await find("snapshot-plan"));
    expect((await find("plan-deletes")).textContent).toBe("2 files");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("snapshot-now"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("snapshot_start", expect.objectContaining({ options: { limit: null, mirror: "on", verify: true, hand_over: false } })));
    const how = (await find("snapshot-options")).textContent ?? "";
    expect(how).toContain("Deletes here");
    expect(how).toContain("Reads everything back");
  });

  test("much is deleted only after a question, for this one run", async () => {
    const { backend, user } = openWindow("/activity/snp-guard");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("guard-ask"));
    expect(calls).not.toHaveBeenCalledWith("snapshot_start", expect.anything());
    await user.click(within(await find("guard-dialog")).getByTestId("confirm"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("snapshot_start", expect.objectContaining({ options: expect.objectContaining({ mirror: "confirmed" }) })));
    expect(window.localStorage.getItem("datashare.run-options.rcv-orders")).toBeNull();
  });
});

describe("the tray", () => {
  test("is told of once, with the choice", async () => {
    const { backend, user } = openWindow("/");
    await user.click(await find("tray-hint-off"));
    await waitFor(() => expect(backend.tray.at(-1)).toBeNull());
    expect(screen.queryByTestId("tray-hint")).toBeNull();
    expect(window.localStorage.getItem("datashare.tray-told")).toBe("yes");
  });
});

describe("what is too much for the window", () => {
  test("a recipient of any share is found by the application", async () => {
    const { backend, user } = openWindow("/");
    const calls = vi.spyOn(backend, "call");
    await user.click(await find("nav-search"));
    await user.click(await find("palette-input"));
    await user.paste("oka retail");
    await waitFor(() => expect(calls).toHaveBeenCalledWith("recipient_find", { words: "oka retail", most: 30 }));
    await waitFor(() => expect(screen.queryAllByTestId("palette-recipient-rec-ben").length).toBe(1));
  });

  test("a folder of any size is read on, and searched by the application", async () => {
    const { backend, user } = openWindow("/connections/con-reports", { scenario: "huge" });
    await user.click(await find("tree-open-archive"));
    const calls = vi.spyOn(backend, "call");
    for (let step = 0; step < 5; step += 1) await user.click(await find("tree-later"));
    await waitFor(() => expect(calls).toHaveBeenCalledWith("connection_browse", expect.objectContaining({ next: "1000", limit: 50_000 })));
    expect(await findText("row-0001200.csv")).toBeTruthy();
    await user.click(await find("tree-search-archive"));
    await user.paste("999999");
    await waitFor(() => expect(calls).toHaveBeenCalledWith("connection_browse", expect.objectContaining({ find: "999999" })));
  });
});
