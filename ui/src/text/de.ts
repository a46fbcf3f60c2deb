import type { Text } from ".";
import { common, exports, kinds, nav, palette, shortcuts, statuses } from "./de/common";
import { connections, preview } from "./de/connections";
import { errors } from "./de/errors";
import { activity, invitation, invitationsPage, mapping, openInvitation, received, snapshots } from "./de/received";
import { audit, datasets, history, links, recipients, shares, terms, wizard } from "./de/shares";
import { first, home, settings, vault } from "./de/start";

export const de: Text = {
  common, exports, nav, palette, shortcuts, kinds, statuses, errors, first, vault, home, settings, connections, preview, shares, wizard, links, datasets, recipients,
  terms, history, audit, openInvitation, invitation, mapping, received, snapshots, activity, invitationsPage,
};
