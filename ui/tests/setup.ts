import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

import { setOpenInvitation } from "~/api/invitation-store";

// A busy machine may take its time; what is waited for is a state, never a duration.
configure({ asyncUtilTimeout: 10_000 });

// happy-dom has no layout, so everything that is observed is simply there.
globalThis.ResizeObserver = class {
  constructor(private readonly callback: ResizeObserverCallback) {}
  observe() {
    this.callback([], this as unknown as ResizeObserver);
  }
  unobserve() {}
  disconnect() {}
} as unknown as typeof ResizeObserver;

Element.prototype.scrollTo = () => undefined;
// Nothing moves in tests; Fluent goes on at once where a browser cannot animate.
Reflect.deleteProperty(Element.prototype, "animate");

afterEach(() => {
  cleanup();
  setOpenInvitation(null);
  window.localStorage.clear();
});
