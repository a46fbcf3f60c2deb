import { common, exports, kinds, nav, notices, palette, shortcuts, statuses, tray } from "./en/common";
import { connections, preview } from "./en/connections";
import { errors } from "./en/errors";
import { approvals, findings, grants, moving, receipts, rules, runOptions, safety, trayHint } from "./en/proof";
import { mail } from "./en/mail";
import { activity, invitation, invitationsPage, mapping, openInvitation, received, snapshots } from "./en/received";
import { publication, schedule, trigger } from "./en/schedules";
import { audit, datasets, history, links, recipients, shares, terms, wizard } from "./en/shares";
import { first, home, settings, support, vault } from "./en/start";

export const en = {
  common, exports, nav, notices, tray, support, palette, shortcuts, kinds, statuses, errors, first, vault, home, settings, connections, preview, shares, wizard, links, datasets, recipients,
  terms, history, audit, openInvitation, invitation, mapping, received, snapshots, activity, invitationsPage, mail,
  approvals, findings, grants, moving, receipts, rules, runOptions, safety, trayHint, publication, schedule, trigger,
};
