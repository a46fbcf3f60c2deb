import type { Text } from ".";
import { common, exports, kinds, nav, notices, palette, shortcuts, statuses, tray } from "./de/common";
import { connections, preview } from "./de/connections";
import { errors } from "./de/errors";
import { approvals, findings, grants, moving, receipts, rules, runOptions, safety, trayHint } from "./de/proof";
import { mail } from "./de/mail";
import { activity, invitation, invitationsPage, mapping, openInvitation, received, snapshots } from "./de/received";
import { publication, schedule, trigger } from "./de/schedules";
import { audit, datasets, history, links, recipients, shares, terms, wizard } from "./de/shares";
import { first, home, settings, support, vault } from "./de/start";

export const de: Text = {
  common, exports, nav, notices, tray, support, palette, shortcuts, kinds, statuses, errors, first, vault, home, settings, connections, preview, shares, wizard, links, datasets, recipients,
  terms, history, audit, openInvitation, invitation, mapping, received, snapshots, activity, invitationsPage, mail,
  approvals, findings, grants, moving, receipts, rules, runOptions, safety, trayHint, publication, schedule, trigger,
};
