import type {
  AcceptanceMode, CredentialKind, DatasetKind, Delivery, InvitationStatus, MappingStatus, ShareKind, SnapshotMode, SnapshotStatus, SubscriptionStatus, VaultKind,
} from "~/backend/bindings/commands";

export const common = {
  locale: "en",
  appName: "Datashare",
  cancel: "Cancel",
  close: "Close",
  back: "Back",
  next: "Next",
  save: "Save",
  remove: "Remove",
  edit: "Edit",
  copy: "Copy",
  copied: "Copied",
  copyDetails: "Copy details",
  /** Before sentences that come from the application, where those are in another language. */
  applicationSays: "",
  browse: "Browse",
  loading: "Loading",
  optional: "optional",
  required: "Please fill this in.",
  none: "None",
  never: "Never",
  notYet: "Not yet",
  noEnd: "No end date",
  unknown: "Not counted yet",
  show: "Show",
  hide: "Hide",
  showFolder: "Show in the file manager",
  reload: "Reload",
  files: (count: number) => (count === 1 ? "1 file" : `${count.toLocaleString("en")} files`),
  datasets: (count: number) => (count === 1 ? "1 dataset" : `${count.toLocaleString("en")} datasets`),
  recipients: (count: number) => (count === 1 ? "1 recipient" : `${count.toLocaleString("en")} recipients`),
  addresses: (count: number) => (count === 1 ? "1 address" : `${count.toLocaleString("en")} addresses`),
  range: (from: string, to: string) => `${from} to ${to}`,
  actionsFor: (name: string) => `Actions for ${name}`,
  openWebPage: (address: string) => `Open ${address} in your browser`,
  skipToContent: "Skip to the content",
  failedTitle: "That did not work",
  crashTitle: "This page stopped working",
  crashBody: "The rest of Datashare goes on: running snapshots are not affected. Go back to the start page and try again; if it happens again, copy the details for your support.",
  crashHome: "Go to the start page",
  unopenedTitle: "Your workspace did not open",
  unopenedBody: "Nothing was changed or deleted. What is wrong stands below; when you have dealt with it, start Datashare again. If it stays, save the report and send it to your support, and do not delete the data directory.",
  notFoundTitle: "There is nothing here",
  notFoundBody: "The page may have been removed, or its name has changed.",
  vaultBanner: "Your secrets are locked: you can look around, but not send or receive.",
  vaultBannerAction: "Unlock",
  demoBanner: "You are trying Datashare with sample data on this computer.",
  demoRemove: "Remove the sample",
  demoRemoved: "The sample is gone.",
  dropTitle: "Drop the file here",
  dropBody: "An invitation that somebody sent you, a receipt to check, or an approval",
  dropUnreadable: "This file holds no invitation. Drop the .datashare file from the mail.",
};

export const nav = {
  label: "Main",
  expand: "Show the names of the pages",
  collapse: "Show symbols only",
  home: "Home",
  sent: "Sent shares",
  received: "Received shares",
  invitations: "Invitations",
  activity: "Activity",
  connections: "Connections",
  settings: "Settings",
};

export const kinds = {
  dataset: { container: "Container", folder: "Folder", file: "File" } satisfies Record<DatasetKind, string>,
  share: { snapshot: "Snapshot", "in-place": "In place" } satisfies Record<ShareKind, string>,
  mode: { full: "Full", incremental: "Incremental" } satisfies Record<SnapshotMode, string>,
  delivery: { direct: "Read directly", published: "Published" } satisfies Record<Delivery, string>,
  deliveryHint: {
    direct: "Recipients read this from the store itself, with an access of their own that you can end.",
    published: "Recipients cannot reach this store. Datashare places signed copies where you meet; publish after you changed something.",
  } satisfies Record<Delivery, string>,
  connection: { folder: "Folder on this computer or network", "azure-blob": "Azure Blob storage" },
  credential: { none: "None needed", "account-key": "Account key", sas: "Shared access signature (SAS)", "connection-string": "Connection string" } satisfies Record<CredentialKind, string>,
  acceptance: {
    automatic: "Automatically, while Datashare runs",
    ask: "Ask me each time",
    "right-away": "Let the recipient start right away",
  } satisfies Record<AcceptanceMode, string>,
  acceptanceHint: {
    automatic: "Your Datashare checks the acceptance and gives access by itself. The recipient waits until this computer is on.",
    ask: "Nothing is given until you compared the safety code with the recipient and said yes.",
    "right-away": "The access travels inside the invitation, so this computer may be off. Whoever holds the link can accept it and read the data; that the terms are accepted first is then ensured by the application, not by encryption. The audit log says so.",
  } satisfies Record<AcceptanceMode, string>,
  vault: {
    keyring: "In the keyring of this computer",
    file: "In a file with a passphrase",
    session: "Only until Datashare is closed",
  } satisfies Record<VaultKind, string>,
};

export const statuses = {
  snapshot: {
    Queued: "Queued", Planning: "Planning", Running: "Running", Pausing: "Pausing", Paused: "Paused", Cancelling: "Cancelling",
    Cancelled: "Cancelled", Succeeded: "Succeeded", PartlySucceeded: "Partly succeeded", Failed: "Failed", NeedsAttention: "Needs attention",
  } satisfies Record<SnapshotStatus, string>,
  invitation: {
    Pending: "Pending", WaitingForProvider: "Waiting for you", Accepted: "Accepted", Rejected: "Rejected", Withdrawn: "Withdrawn", Expired: "Expired", Refused: "Declined",
  } satisfies Record<InvitationStatus, string>,
  subscription: {
    WaitingForProvider: "Waiting", Active: "Active", Revoking: "Revoking", Revoked: "Revoked", SourceDeleted: "Share deleted", Expired: "Expired", Refused: "Declined", Left: "Left",
  } satisfies Record<SubscriptionStatus, string>,
  mapping: { Ok: "Ready", Unmapped: "No target yet", Broken: "Target has a problem" } satisfies Record<MappingStatus, string>,
};

export const palette = {
  open: "Search",
  label: "Search everything",
  placeholder: "Search shares, people, actions and settings",
  nothing: "Nothing of this name.",
  actions: "Action",
  pages: "Page",
  shares: "Sent share",
  recipients: "Recipient",
  received: "Received share",
  connections: "Connection",
  settings: "Setting",
};

export const shortcuts = {
  title: "Keyboard shortcuts",
  control: "Ctrl",
  more: "Tab moves on, Shift+Tab back, Enter and the space bar press, the arrow keys choose inside tabs, menus and lists, Escape closes.",
  names: {
    palette: "Search everything",
    keys: "Show this list",
    newShare: "New share",
    openInvitation: "Open an invitation",
    back: "Back",
    home: "Home",
    sent: "Sent shares",
    received: "Received shares",
    invitations: "Invitations",
    activity: "Activity",
    connections: "Connections",
    settings: "Settings",
    larger: "Larger text",
    smaller: "Smaller text",
    normal: "Normal text",
  },
};

export const exports = {
  action: "Export",
  csv: "For a spreadsheet (CSV)",
  json: "For a program (JSON)",
  saved: (path: string) => `Saved as ${path}`,
};

export const tray = {
  idle: "Nothing is running",
  running: (count: number, percent: number) => (count === 1 ? `1 snapshot is running: ${percent} %` : `${count} snapshots are running: ${percent} %`),
  open: "Open Datashare",
  quit: "Quit Datashare",
};
