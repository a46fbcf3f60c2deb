import { waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { find, findText, openWindow } from "./window";

test("an invitation is sent by the mail server, with what the person chooses, and a refusal is told with its cause", async () => {
  const { user, backend, router } = openWindow("/settings");
  await user.click(await find("mail-set-up"));
  await user.type(await find("mail-server"), "smtp.contoso.example");
  await user.selectOptions(await find("mail-security"), "start-tls");
  expect((await find("mail-port")).getAttribute("value")).toBe("587");
  await user.type(await find("mail-password"), "any");
  await user.click(await find("mail-save"));
  await user.click(await find("mail-test"));
  expect((await find("mail-check")).dataset["ok"]).toBe("true");
  expect(backend.world.mail?.security).toBe("start-tls");

  await backend.call("invite", { share: "shr-sales", emails: ["nobody@fabrikam.example", "mira@fabrikam.example"], expires_at: null, acceptance: "automatic" });
  const invited = backend.world.shares.find(({ id }) => id === "shr-sales")?.recipients.slice(-2) ?? [];
  await router.navigate({ to: "/sent/$share/invitations", params: { share: "shr-sales" }, search: { ids: invited.map(({ recipient_id: id }) => id).join(",") } });
  await user.click((await findText("Send all by e-mail")).closest("button") as HTMLElement);
  await user.click(await find("invitation-send-file"));
  expect((await find("invitation-sent")).textContent).toContain("mira@fabrikam.example");
  await waitFor(async () => expect((await find("error")).dataset["code"]).toBe("mail-recipient"));
});

test("without a mail server the button leads to where one is named", async () => {
  const { user, router } = openWindow("/sent/shr-sales/invitations?ids=rec-eve");
  await user.click(await find("invitation-send"));
  await waitFor(() => expect(router.state.location.pathname).toBe("/settings"));
});
