import { type RouterHistory, createBrowserHistory } from "@tanstack/react-router";
import { parseHref } from "@tanstack/history";

/**
 * Pages live behind the `#`, so that the window can be loaded from any place. What stands before it (the choice of a
 * backend) is no business of the pages.
 */
export function windowHistory(): RouterHistory {
  return createBrowserHistory({
    parseLocation: () => parseHref(window.location.hash.slice(1) || "/", window.history.state),
    createHref: (href) => `${window.location.pathname}${window.location.search}#${href}`,
  });
}
