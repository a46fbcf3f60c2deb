/** Everything is found by name and reached without a mouse. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { fit, found } from "~/lib/find";
import { nextZoom } from "~/parts/zoom";
import { SHORTCUTS, keysOf } from "~/shell/shortcuts";

import { find, openWindow } from "./window";

describe("what is typed", () => {
  test.each([
    ["retail", "retail-sales", 3],
    ["SALES", "retail-sales", 2],
    ["tail", "retail-sales", 1],
    ["munchen", "Büro München", 2],
    ["sales retail", "retail-sales", 2],
    ["retail x", "retail-sales", 0],
    ["a.c", "abc", 0],
  ])("“%s” fits “%s” with %d points", (typed, text, points) => expect(fit(typed, text)).toBe(points));

  test("brings the best first and keeps the order of equals", () => {
    expect(found("or", ["favorites", "orders", "old orders", "order book"], (one) => one)).toEqual(["orders", "order book", "old orders", "favorites"]);
  });
});

describe("the palette", () => {
  test("opens with the keyboard, finds a recipient by name, and leads there", async () => {
    const { user, router } = openWindow("/");
    await find("nav-home");
    await user.keyboard("{Control>}k{/Control}");
    const field = await find("palette-input");
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard("oka ben");
    const option = await screen.findByRole("option", { name: /Ben Okafor/ });
    expect(field.getAttribute("aria-activedescendant")).toBe(option.id);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.href).toContain("/sent/shr-sales?tab=recipients"));
    expect(screen.queryByTestId("palette")).toBeNull();
  });

  test("moves with the arrows and changes settings", async () => {
    const { user } = openWindow("/");
    await find("nav-home");
    await user.keyboard("{Control>}k{/Control}");
    await find("palette-input");
    await user.keyboard("deutsch{Enter}");
    expect((await find("nav-home")).textContent).toBe("Start");
  });
});

describe("the shortcuts", () => {
  test("lead to pages, and belong to the field while somebody types", async () => {
    const { user, router } = openWindow("/");
    await find("nav-home");
    await user.keyboard("{Control>}2{/Control}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/sent"));
    await user.keyboard("{Control>}n{/Control}");
    await user.type(await find("share-name"), "what?");
    expect(screen.queryByTestId("shortcuts")).toBeNull();
  });

  test("are all listed, each key once", async () => {
    const { user } = openWindow("/");
    await find("nav-home");
    await user.keyboard("?");
    const listed = (await find("shortcuts")).querySelectorAll("kbd");
    expect([...listed].map(({ textContent }) => textContent)).toEqual(SHORTCUTS.map(({ name }) => keysOf(name, "Ctrl")));
    expect(new Set(SHORTCUTS.map(({ modifier, key }) => modifier + key)).size).toBe(SHORTCUTS.length);
  });

  test("of the text size stop at the ends", () => {
    expect([nextZoom(100, "larger"), nextZoom(200, "larger"), nextZoom(80, "smaller"), nextZoom(175, "normal")]).toEqual([110, 200, 80, 100]);
  });
});
