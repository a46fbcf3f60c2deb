const TERMS_INTERNAL = `# Terms of use

## What you may do
- Use the data inside your organisation for analysis and reporting.

## What you may not do
- Pass the data on to others, in whole or in part.
- Combine it with other data in order to identify persons.

## Keeping and deleting
Delete all copies within 30 days after the access has ended.
`;

const TERMS_RESEARCH = `# Terms for research

## Purpose
The data may be used for the research project that both parties agreed on, and for nothing else.

## Publications
- Results may be published when they do not allow conclusions about single persons or organisations.
- Name the provider as the source, and send a copy before you publish.

## Security
Keep the data encrypted, with access only for the members of the project.

## End
Delete all copies when the project ends, and confirm the deletion in writing.
`;

const TERMS_OPEN = `# Open terms

You may use, change and pass on this data, also for commercial purposes, if you name the provider as the source.

The data is provided as it is, without a promise that it is complete or correct.
`;

export const shares = {
  title: "Sent shares",
  lead: "What you share with others.",
  create: "New share",
  emptyTitle: "You have not shared anything yet",
  emptyBody: "A share bundles folders, containers or files with terms of use. You invite people to it and see who received what.",
  search: "Search shares",
  noMatch: "No share of this name.",
  name: "Name",
  datasets: "Datasets",
  recipients: "Recipients",
  lastSnapshot: "Last snapshot",
  created: "Created",
  pending: (count: number) => `${count} pending`,
  waiting: (count: number) => `${count} waiting for you`,
  tabs: { overview: "Overview", datasets: "Datasets", recipients: "Recipients", schedule: "Schedule", history: "History", terms: "Terms", audit: "Audit" },
  description: "Description",
  noDescription: "No description",
  kind: "Kind",
  exchange: "Where you meet",
  deleteAction: "Delete share",
  deleteTitle: (name: string) => `Delete “${name}”?`,
  deleteDoes: [
    "All recipients lose their access and are told so.",
    "Open invitations stop working.",
    "The published copies in the exchange are deleted.",
  ],
  deleteDoesNot: ["Your source data is not touched.", "Copies that recipients have received stay with them: check your terms.", "It cannot be undone."],
  deleteType: (name: string) => `Type ${name} to confirm`,
  deleteConfirm: "Delete share",
  deletedTitle: "The share is deleted",
  editDescription: "Edit description",
  descriptionSaved: "The description is changed. Recipients see it with their next look.",
  overviewFlow: "From your data to the recipients",
  overviewShare: "This share",
  overviewNoDatasets: "No dataset yet",
  overviewNoRecipients: "Nobody invited yet",
  overviewNoSnapshot: "No snapshot yet",
  overviewMore: (count: number) => `and ${count} more`,
  overviewNext: "What is left to do",
  nextAddDatasets: "Add datasets, so that there is something to receive.",
  nextPublish: "Publish the datasets, so that recipients can read them.",
  nextInvite: "Invite the first recipient.",
};

export const wizard = {
  title: "New share",
  steps: { details: "Details", datasets: "Datasets", schedule: "Schedule", recipients: "Recipients", review: "Review" },
  stepOf: (index: number, count: number, name: string) => `Step ${index} of ${count}: ${name}`,
  summary: "Summary",
  create: "Create share",
  nameHint: "The recipients see it.",
  nameTaken: "You have a share of this name already.",
  descriptionHint: "What it is, and how often it changes.",
  kindLabel: "How recipients get the data",
  kindSnapshot: "Snapshot",
  kindSnapshotHint: "Recipients copy the data into their own store, whole or only what is new.",
  terms: "Terms of use",
  termsHint: "Recipients read and accept this before they get anything. Markdown: # heading, - list, **bold**.",
  termsPreview: "Preview",
  termsEmpty: "Without terms, recipients accept with one click.",
  templates: "Terms to start with",
  templatesList: [
    { id: "internal", name: "Internal use", text: TERMS_INTERNAL },
    { id: "research", name: "Research", text: TERMS_RESEARCH },
    { id: "open", name: "Open", text: TERMS_OPEN },
  ],
  meeting: "Where you meet",
  meetingLead: "You and the recipients need one place that both can reach. Invitations, access and signed copies go through it; it never sees your keys.",
  exchangeChoose: "Choose a connection",
  exchangePrefix: "Folder in it",
  exchangePrefixHint: "Leave empty to use the top.",
  exchangeFolderHint: "A folder fits when the recipient can open it too: a network drive, a synchronised folder, or this same computer.",
  exchangeBlobHint: "Recipients need no account with it: each gets an own access that you can end.",
  addConnection: "Add a connection",
  datasetsLead: "Tick what recipients should get. Later additions to a ticked folder belong to it.",
  datasetsFrom: "Connection",
  datasetsChosen: "Chosen",
  datasetsWhole: (connection: string) => `Everything in “${connection}”`,
  datasetsNone: "Nothing chosen yet. You can also add datasets later.",
  recipientsLead: "Paste addresses from a mail or a spreadsheet. Each person gets an own invitation. You can also invite later.",
  recipientsLabel: "E-mail addresses",
  recipientsPlaceholder: "ben@fabrikam.example, Mira Castellanos <mira@northwind.example>",
  recipientsInvalid: (count: number) => (count === 1 ? "1 line holds no address. Correct or delete it." : `${count} lines hold no address. Correct or delete them.`),
  recipientsUnderstood: "What was understood",
  recipientsProblem: { "no-address": "holds no address", unfinished: "is not a whole address" },
  recipientsMore: (count: number) => `And ${count} more.`,
  recipientsTwice: (count: number) => (count === 1 ? "1 address was there twice and is invited once." : `${count} addresses were there more than once and are invited once.`),
  recipientsFound: (count: number) => (count === 0 ? "No address yet" : count === 1 ? "1 address" : `${count} addresses`),
  expires: "Invitation is valid until",
  expiresPast: "Choose a day in the future.",
  acceptance: "When somebody accepts",
  reviewLead: "This is what will be made. Nothing has been sent yet.",
  reviewPublish: "Datasets in folders are published now: a signed copy is placed where you meet.",
  creating: "Creating the share",
  addingDataset: (name: string) => `Adding “${name}”`,
  publishing: "Publishing. With large folders this takes a while.",
  inviting: "Making the invitations",
  partly: "The share was created, but not everything worked",
  openShare: "Open the share",
};

export const links = {
  title: "Send the invitations",
  lead: (share: string) => `Each person has an own invitation to “${share}”. Send it the way you like: by your mail program, as a file, or copied into any message.`,
  validUntil: "Valid until",
  secretNote: "Treat each link like a key: it can be accepted once, by whoever opens it first.",
  link: "Link",
  copyLink: "Copy link",
  saveFile: "Save file",
  openMail: "Open mail",
  mailHint: "Your mail program opens with subject and text. The link is in it.",
  attachHint: "Some mail programs cut long links. To be safe, save the file first and attach it to the mail: a double click on it opens the invitation.",
  showCode: "QR code",
  hideCode: "Hide QR code",
  codeLabel: (email: string) => `QR code of the invitation for ${email}`,
  codeTooLong: "This invitation is too long for a QR code. Send the link or the file.",
  all: "All of them at once",
  copyAll: "Copy all links",
  copyAllHint: "Address and link on each line, to paste into Excel or a mail merge.",
  saved: (path: string) => `Saved as ${path}`,
  copied: "The link is copied.",
  done: "Done",
  safety: "Your safety code, for the telephone",
};

export const datasets = {
  add: "Add datasets",
  addTitle: "Add datasets",
  addChosen: (count: number) => (count === 1 ? "Add 1 dataset" : `Add ${count} datasets`),
  publish: "Publish changes",
  publishing: "Publishing",
  emptyTitle: "This share has no datasets yet",
  emptyBody: "Choose the folders, containers or files that recipients should get.",
  name: "Name",
  kind: "Kind",
  source: "Source",
  size: "Size",
  delivery: "How it reaches recipients",
  published: "Published",
  notPublished: "Not published yet",
  removeTitle: (name: string) => `Remove “${name}” from the share?`,
  removeDoes: ["Recipients cannot receive it any more; they see that it was removed."],
  removeDoesNot: ["Your source data is not touched.", "Copies that recipients have received stay with them."],
  publishedNothing: "Everything was published already. Nothing has changed.",
  publishedResult: (name: string, added: number, updated: number, removed: number) => `“${name}”: ${added} added, ${updated} changed, ${removed} removed.`,
};

export const recipients = {
  invite: "Invite",
  inviteTitle: "Invite recipients",
  inviteSend: (count: number) => (count === 1 ? "Make 1 invitation" : `Make ${count} invitations`),
  emptyTitle: "Nobody is invited yet",
  emptyBody: "Paste one or many e-mail addresses. Each person gets an own invitation.",
  person: "Recipient",
  state: "State",
  termsVersion: "Terms",
  version: (version: number) => `Version ${version}`,
  lastSnapshot: "Last snapshot",
  until: "Until",
  waitingTitle: (name: string) => `${name} accepted and waits for your decision`,
  waitingBody: "Call them and compare these six words. When they see the same words in their Datashare, let them in.",
  waitingMore: (count: number) => (count === 1 ? "1 more waits after these." : `${count.toLocaleString("en")} more wait after these.`),
  search: "Search recipients",
  approve: "Let in",
  decline: "Decline",
  declineTitle: (name: string) => `Decline ${name}?`,
  declineDoes: ["They are told that you declined. This invitation cannot be used again."],
  declineDoesNot: ["They never had access, so nothing needs to be taken back.", "You can send them a new invitation."],
  revoke: "Revoke access",
  revokeTitle: (name: string) => `Revoke the access of ${name}?`,
  revokeDoes: [
    "Their access ends, within a minute while Datashare runs. A running snapshot of theirs stops.",
    "They are told that the access was ended.",
    "The audit log records it.",
  ],
  revokeDoesNot: ["It cannot call back what they have copied already.", "Nobody else loses access.", "You can give the access back later."],
  reinstate: "Give access back",
  reinstateTitle: (name: string) => `Give ${name} access again?`,
  reinstateDoes: ["They can take snapshots again, under the terms they agreed to."],
  reinstated: (name: string) => `${name} has access again.`,
  setExpiry: "Change end date",
  setExpiryTitle: (name: string) => `Until when may ${name} receive?`,
  setExpiryLabel: "Access ends after",
  copyLink: "Send again: link, mail, QR code",
  withdraw: "Withdraw invitation",
  withdrawTitle: (email: string) => `Withdraw the invitation to ${email}?`,
  withdrawDoes: ["The link stops working. Who opens it reads that you withdrew it."],
  withdrawDoesNot: ["It sends no mail. Tell them if they should know."],
  approved: (name: string) => `${name} has access.`,
  declined: (name: string) => `${name} was declined.`,
  revoked: (name: string) => `The access of ${name} is revoked.`,
  withdrawn: (email: string) => `The invitation to ${email} is withdrawn.`,
  expiryChanged: "The end date is changed.",
  safetyCode: "Safety code",
  findings: "Please look at this",
  acceptedAs: (email: string) => `accepted as ${email}`,
  revokedOn: "Revoked",
};

export const terms = {
  edit: "Write a new version",
  editTitle: "New version of the terms",
  emptyTitle: "This share has no terms",
  emptyBody: "Recipients accept with one click. Write terms if they should agree to something first.",
  current: "Current",
  version: (version: number) => `Version ${version}`,
  mustAgree: "Recipients must agree to this version before their next snapshot",
  mustAgreeShort: "New agreement asked",
  agreedBy: (count: number) => (count === 1 ? "1 recipient agreed to it" : `${count} recipients agreed to it`),
  publish: "Make it the current version",
  saved: "The new version is in force.",
  showText: "Show the text",
  showChanges: "What changed",
  hide: "Hide",
  added: "Added",
  removed: "Removed",
  difference: (version: number) => `What changed in version ${version}`,
  changedSince: (version: number, added: number, removed: number) => `Since version ${version}: lines added ${added}, removed ${removed}.`,
  firstVersion: "This is the first version.",
  noDifference: "Both versions have the same words.",
  unchangedLines: (count: number) => (count === 1 ? "1 unchanged line" : `${count} unchanged lines`),
  who: "Who agreed",
  whoMore: (count: number) => `and ${count} more`,
  whole: "The whole text",
};

export const history = {
  chart: (days: number) => `Received in the last ${days} days`,
  chartWords: (days: number, total: string) => `Amount received on each of the last ${days} days, ${total} in total. The table below has the numbers.`,
  runs: (count: number) => (count === 1 ? "1 snapshot" : `${count.toLocaleString("en")} snapshots`),
  emptyTitle: "Nobody has received anything yet",
  emptyBody: "When a recipient takes a snapshot, it shows up here with every dataset.",
};

export const audit = {
  lead: "Every record is signed and chained to the one before, so that nothing can be changed or dropped unseen.",
  title: "Audit",
  records: (count: number) => (count === 1 ? "1 record" : `${count.toLocaleString("en")} records`),
  verify: "Verify now",
  verified: (count: number) => `${count} records verified. Nothing is missing, nothing was changed.`,
  findings: (count: number) => (count === 1 ? "1 finding" : `${count} findings`),
  emptyTitle: "No record yet",
  emptyBody: "Creating, inviting, accepting, receiving and revoking each leave a signed record here.",
  record: "Record",
  log: "Log",
  when: "When",
  what: "What happened",
};
