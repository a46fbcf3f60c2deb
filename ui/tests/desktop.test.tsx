/** What the desktop is told, what is saved as a file, and that nothing ends in a white window. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { HappenedEvent } from "~/backend/bindings/commands";
import { perDay } from "~/lib/days";
import { redact } from "~/lib/redact";
import { toCsv, toJson } from "~/lib/table";

import { find, findText, openWindow } from "./window";

const NOW = new Date("2026-11-21T12:00:00Z");

describe("the desktop", () => {
  test("tells what happened in the words of the window, while somebody wants it", async () => {
    const { backend, user } = openWindow("/settings");
    await find("nav-home");
    await waitFor(() => expect(backend.tray.at(-1)).toMatchObject({ activity: "Nothing is running" }));
    const news: HappenedEvent = { event_id: "e", kind: "revoked", at: NOW.toISOString(), side: "received", share: "orders", who: "Ben (Fabrikam)", ends_at: null, detail: null, snapshot_id: null };
    backend.emit({ event: "happened", news });
    await waitFor(() => expect(backend.notified).toEqual(["Access taken back: Ben (Fabrikam) ended your access to “orders”."]));
    await user.click(await find("settings-notifications"));
    backend.emit({ event: "happened", news });
    expect(backend.notified).toHaveLength(1);
  });

  test("says once, at the first close, that it goes on in the tray and how to quit", async () => {
    window.localStorage.removeItem("datashare.tray-told");
    const { backend } = openWindow("/");
    await find("tray-hint");
    backend.emit({ event: "closed-to-tray" });
    await waitFor(() => expect(backend.notified).toHaveLength(1));
    expect(backend.notified[0]).toContain("choose Quit Datashare in the tray");
    await waitFor(() => expect(screen.queryByTestId("tray-hint")).toBeNull());
    backend.emit({ event: "closed-to-tray" });
    expect(backend.notified).toHaveLength(1);
  });

  test("has no tray when somebody does not want it, and starts at login when somebody does", async () => {
    const { backend, user } = openWindow("/settings");
    await user.click(await find("settings-tray"));
    await waitFor(() => expect(backend.tray.at(-1)).toBeNull());
    await user.click(await find("settings-login"));
    await waitFor(() => expect((screen.getByTestId("settings-login") as HTMLInputElement).checked).toBe(true));
  });
});

describe("files for others", () => {
  test("a spreadsheet takes no name for a formula and no comma for a column", () => {
    expect(toCsv({ columns: ["a", "b"], rows: [["=1+1", 5], ['x, "y"', null]] })).toBe('\uFEFFa,b\r\n\'=1+1,5\r\n"x, ""y""",\r\n');
    expect(JSON.parse(toJson({ columns: ["a"], rows: [["=1"], [null]] }))).toEqual([{ a: "=1" }, { a: null }]);
  });

  test("the history of a share is saved whole", async () => {
    const { backend, user } = openWindow("/sent/shr-sales?tab=history");
    await user.click(await find("export"));
    await user.click(await find("export-csv"));
    await waitFor(() => expect(backend.saved.size).toBe(1));
    const [[name = "", text = ""] = []] = backend.saved;
    expect(name).toBe("retail-sales History.csv");
    expect(text.trim().split("\r\n")).toHaveLength(1 + (backend.world.history.get("shr-sales")?.length ?? 0));
  });

  test("a snapshot's report names each file that did not arrive", async () => {
    const { backend, user } = openWindow("/activity/snp-2");
    await user.click(await find("export"));
    await user.click(await find("export-json"));
    await waitFor(() => expect(backend.saved.size).toBe(1));
    const rows: { kind: string }[] = JSON.parse([...backend.saved.values()][0] ?? "[]");
    expect(rows.filter(({ kind }) => kind === "file")).toHaveLength(3);
  });

  test("the days of a chart are the reader's, the last is today", () => {
    const days = perDay(["2026-11-20T10:00:00", "2026-11-20T11:00:00", "2026-10-01T00:00:00"], (at) => at, () => 5, 3, new Date("2026-11-21T01:00:00"));
    expect(days.map(({ value }) => value)).toEqual([0, 10, 0]);
    expect(days.at(-1)?.date.getDate()).toBe(21);
  });
});

describe("when things go wrong", () => {
  test("a workspace that does not open says what to do, and support gets its report", async () => {
    const { backend, user } = openWindow("/", { scenario: "damaged" });
    expect(await findText("Your workspace did not open")).toBeTruthy();
    expect((await find("error")).dataset["code"]).toBe("damaged-workspace");
    await user.click(await find("support-report"));
    await waitFor(() => expect([...backend.saved.values()][0]).toContain("Datashare"));
  });

  test("a page that fails leaves the others usable", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { user } = openWindow("/connections", { scenario: "crash" });
    expect(await findText("This page stopped working")).toBeTruthy();
    await user.click(await findText("Go to the start page"));
    expect(await find("home-share")).toBeTruthy();
    said.mockRestore();
  });

  test("details that are copied hold no key", () => {
    expect(redact("open datashare://invitation#1.secret.more, then https://a/b?sv=1&sig=abc%3D&x=1 AccountKey=zz==;End")).toBe("open datashare://invitation#… then https://a/b?sv=1&sig=…&x=1 AccountKey=…;End");
  });
});

describe("a share", () => {
  test("gets another description", async () => {
    const { backend, user } = openWindow("/sent/shr-sales");
    await user.click(await find("share-describe"));
    await user.clear(await find("share-description-edit"));
    await user.type(await find("share-description-edit"), "Sales of all stores");
    await user.click(await find("share-description-save"));
    await waitFor(() => expect(backend.world.shares.find(({ id }) => id === "shr-sales")?.description).toBe("Sales of all stores"));
    expect(await findText("Sales of all stores")).toBeTruthy();
  });

  test("shows bad lines of a pasted list first, and all before anything is sent", async () => {
    const { user } = openWindow("/sent/shr-sales?tab=recipients");
    await user.click(await find("share-invite"));
    await user.click(await find("recipients-input"));
    await user.paste("Name\tMail\nBen\tben@x.example\nNobody\t\nMira\tmira@x.example");
    const lines = within(await find("recipients-understood")).getAllByRole("listitem");
    expect(lines.map(({ textContent }) => textContent)).toEqual(["Nobodyholds no address", "ben@x.exampleBen", "mira@x.exampleMira"]);
    expect((screen.getByTestId("invite-send") as HTMLButtonElement).disabled).toBe(true);
  });

  test("has an invitation as a QR code", async () => {
    const { user } = openWindow("/sent/shr-sales?tab=recipients");
    await user.click((await screen.findAllByTestId("recipient-actions")).find((button) => button.dataset["recipient"] === "eve@litware.example") as HTMLElement);
    await user.click(await find("recipient-link"));
    await user.click(await find("invitation-code"));
    expect(await screen.findByRole("img", { name: "QR code of the invitation for eve@litware.example" })).toBeTruthy();
  });
});
