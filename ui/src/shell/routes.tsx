/** Every page and its address. */
import { type RouterHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { ActivityPage } from "~/features/activity/ActivityPage";
import { ApprovalsPage } from "~/features/approvals/ApprovalsPage";
import { AddConnectionPage } from "~/features/connections/AddConnectionPage";
import { ConnectionPage } from "~/features/connections/ConnectionPage";
import { ConnectionsPage } from "~/features/connections/ConnectionsPage";
import { HomePage } from "~/features/home/HomePage";
import { InvitationsPage } from "~/features/invitations/InvitationsPage";
import { OpenInvitationPage } from "~/features/invitations/OpenInvitationPage";
import { MappingPage } from "~/features/received/MappingPage";
import { ReceivedListPage } from "~/features/received/ReceivedListPage";
import { ReceivedPage } from "~/features/received/ReceivedPage";
import { ReceiptPage } from "~/features/receipts/ReceiptPage";
import { SettingsPage } from "~/features/settings/SettingsPage";
import { LinksPage } from "~/features/shares/LinksPage";
import { NewSharePage } from "~/features/shares/NewSharePage";
import { SharePage } from "~/features/shares/SharePage";
import { SharesPage } from "~/features/shares/SharesPage";
import { SnapshotPage } from "~/features/snapshots/SnapshotPage";

import { Crash, NotFound } from "./Crash";
import { windowHistory } from "./history";
import { Root } from "./Root";

const root = createRootRoute({ component: Root, errorComponent: Crash, notFoundComponent: NotFound });
const page = <const P extends string>(path: P, component: () => React.ReactNode) => createRoute({ getParentRoute: () => root, path, component, errorComponent: Crash });

type TabSearch = { tab?: string };
const tab = (search: Record<string, unknown>): TabSearch => (typeof search["tab"] === "string" ? { tab: search["tab"] } : {});

const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsPage, errorComponent: Crash, validateSearch: tab });
const share = createRoute({ getParentRoute: () => root, path: "/sent/$share", component: SharePage, errorComponent: Crash, validateSearch: tab });
const received = createRoute({ getParentRoute: () => root, path: "/received/$received", component: ReceivedPage, errorComponent: Crash, validateSearch: tab });
const links = createRoute({
  getParentRoute: () => root,
  path: "/sent/$share/invitations",
  component: LinksPage,
  errorComponent: Crash,
  /** Ids of the invitations to show, separated by commas. */
  validateSearch: (search: Record<string, unknown>): { ids: string } => ({ ids: String(search["ids"] ?? "") }),
});

const tree = root.addChildren([
  page("/", HomePage),
  page("/sent", SharesPage),
  page("/sent/new", NewSharePage),
  share,
  links,
  page("/received", ReceivedListPage),
  received,
  page("/received/$received/targets", MappingPage),
  page("/invitations/open", OpenInvitationPage),
  page("/invitations", InvitationsPage),
  page("/activity/$snapshot", SnapshotPage),
  page("/activity", ActivityPage),
  page("/connections", ConnectionsPage),
  page("/connections/new", AddConnectionPage),
  page("/connections/$connection", ConnectionPage),
  settings,
  page("/receipt", ReceiptPage),
  page("/approvals", ApprovalsPage),
]);

export function createAppRouter(history: RouterHistory = windowHistory()) {
  return createRouter({ routeTree: tree, history, defaultErrorComponent: Crash, defaultNotFoundComponent: NotFound });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
