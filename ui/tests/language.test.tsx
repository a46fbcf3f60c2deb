/** The window changes its language while it runs, and remembers it. */
import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { find, findText, openWindow } from "./window";

describe("the language", () => {
  test("is chosen in the settings and changes every page at once, also after a new start", async () => {
    const { user } = openWindow("/settings");
    await user.selectOptions(await find("settings-language"), "de");
    expect(await screen.findByRole("heading", { name: "Einstellungen" })).toBeTruthy();
    expect(document.documentElement.lang).toBe("de");
    expect((await find("nav-sent")).textContent).toContain("Gesendete Freigaben");
    document.body.replaceChildren();

    openWindow("/sent");
    expect(await screen.findByRole("heading", { name: "Gesendete Freigaben" })).toBeTruthy();
  });

  test("of an error stays clear: its title is translated, and where the English sentences come from is said", async () => {
    window.localStorage.setItem("datashare.language", "de");
    openWindow("/activity/gone");
    const error = await find("error");
    expect(error.textContent).toContain("Das ist nicht mehr vorhanden");
    expect(await findText(/Meldung der Anwendung/)).toBeTruthy();
    expect(error.querySelector("[lang=en]")?.textContent).not.toBe("");
  });
});
