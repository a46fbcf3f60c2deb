import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { find, findText, openWindow } from "./window";

describe("first start", () => {
  test("three lines and one button lead to the home page", async () => {
    const { user } = openWindow("/", { scenario: "first-start" });
    await user.type(await find("first-name"), "Ana Lindqvist");
    await user.type(await find("first-organisation"), "Contoso");
    await user.type(await find("first-email"), "ana@");
    await user.click(await find("first-submit"));
    expect(await findText(/whole address/)).toBeTruthy();
    await user.type(await find("first-email"), "contoso.example");
    await user.click(await find("first-submit"));
    expect(await find("home-share")).toBeTruthy();
  });

  test("a locked keyring is said, and the session is another way in", async () => {
    const { user } = openWindow("/", { scenario: "keyring-locked" });
    expect((await find("vault-trouble")).textContent).toContain("keyring");
    await user.click(await find("vault-kind-session"));
    await user.click(await find("vault-submit"));
    expect(await find("first-name")).toBeTruthy();
  });

  test("a passphrase that does not fit is no dead end", async () => {
    const { user } = openWindow("/", { scenario: "passphrase" });
    await user.type(await find("vault-passphrase"), "wrong");
    await user.click(await find("vault-submit"));
    expect((await find("error")).dataset["code"]).toBe("wrong-passphrase");
    await user.clear(await find("vault-passphrase"));
    await user.type(await find("vault-passphrase"), "correct horse");
    await user.click(await find("vault-submit"));
    expect(await find("nav-home")).toBeTruthy();
  });
});

test("a connection is tested before it is saved, with the exact cause, and a new try forgets the old answer", async () => {
  const { user, backend } = openWindow("/connections/new");
  await user.selectOptions(await find("connection-kind"), "azure-blob");
  await user.type(await find("connection-account"), "contosodata");
  await user.type(await find("connection-secret"), "wrong");
  await user.click(await find("connection-test"));
  expect((await find("connection-check")).dataset["code"]).toBe("bad-credential");
  await user.clear(await find("connection-secret"));
  expect(screen.queryByTestId("connection-check")).toBeNull();
  await user.type(await find("connection-secret"), "key");
  await user.type(await find("connection-name"), "Contoso data");
  await user.click(await find("connection-save"));
  await waitFor(() => expect(backend.world.connections.some(({ name }) => name === "Contoso data")).toBe(true));
});

test("removing a connection says so and leads back, although its page is gone by then", async () => {
  const { user, backend, router } = openWindow("/connections/con-downloads");
  await user.click(await find("connection-remove"));
  await user.click(await find("confirm"));
  await waitFor(() => expect(backend.world.connections.some(({ id }) => id === "con-downloads")).toBe(false));
  await waitFor(() => expect(router.state.location.pathname).toBe("/connections"));
  expect(await findText(/was removed/)).toBeTruthy();
});

test("a new share in five steps ends with a link for each recipient", async () => {
  const { user, backend } = openWindow("/sent/new");
  expect((await find("wizard-next")).hasAttribute("disabled")).toBe(true);
  await user.type(await find("share-name"), "retail-sales");
  expect(await findText(/share of this name already/)).toBeTruthy();
  await user.clear(await find("share-name"));
  await user.type(await find("share-name"), "harbour");
  await user.click(await find("terms-template-research"));
  await user.selectOptions(await find("share-exchange"), "con-meeting");
  await user.click(await find("wizard-next"));
  await user.selectOptions(await find("dataset-connection"), "con-reports");
  await user.click(await find("tree-archive"));
  await user.click(await find("wizard-next"));
  await user.click(await find("wizard-next"));
  await user.type(await find("recipients-input"), "ben@x.example, mira@y.example");
  await user.click(await find("acceptance-ask"));
  await user.click(await find("wizard-next"));
  await user.click(await find("wizard-create"));
  await waitFor(() => expect(screen.getAllByTestId("invitation-link-text")).toHaveLength(2));
  const share = backend.world.shares.find(({ name }) => name === "harbour");
  expect(share?.terms[0]?.text).toContain("Terms for research");
  expect(share?.datasets.map(({ name, published_at: at }) => [name, at !== null])).toEqual([["archive", true]]);
  expect(share?.recipients.map(({ acceptance }) => acceptance)).toEqual(["ask", "ask"]);
  await user.click(screen.getAllByTestId("invitation-mail")[0] as HTMLElement);
  expect(backend.opened[0]).toMatch(/^mailto:ben%40x\.example\?subject=/);
});

describe("recipients", () => {
  test("somebody who waits is let in after comparing the safety code", async () => {
    const { user, backend } = openWindow("/sent/shr-sales?tab=recipients");
    expect((await find("recipient-safety-code")).textContent).toContain("winter");
    await user.click(await find("recipient-approve"));
    await waitFor(() => expect(backend.world.shares[0]?.recipients[1]?.subscription_status).toBe("Active"));
  });

  test("revoking says what it does and does not do, and happens only when confirmed", async () => {
    const { user, backend } = openWindow("/sent/shr-sales?tab=recipients");
    await user.click(await screen.findByRole("button", { name: "Actions for Ben Okafor" }));
    await user.click(await find("recipient-revoke"));
    const dialog = within(await find("recipient-revoke-dialog"));
    expect(dialog.getByText(/cannot call back what they have copied/)).toBeTruthy();
    expect(backend.world.shares[0]?.recipients[0]?.subscription_status).toBe("Active");
    await user.click(dialog.getByTestId("confirm"));
    await waitFor(() => expect(backend.world.shares[0]?.recipients[0]?.subscription_status).toBe("Revoked"));
  });
});

test("a share is deleted only after its name was typed, and the statement is shown", async () => {
  const { user, backend } = openWindow("/sent/shr-sales");
  await user.click(await find("share-delete"));
  const confirm = await find("confirm");
  await user.type(await find("confirm-typed"), "retail");
  expect(confirm.hasAttribute("disabled")).toBe(true);
  await user.type(await find("confirm-typed"), "-sales");
  await user.click(confirm);
  expect((await find("share-deleted")).textContent).toContain("source data was not touched");
  expect(backend.world.shares.some(({ id }) => id === "shr-sales")).toBe(false);
});
