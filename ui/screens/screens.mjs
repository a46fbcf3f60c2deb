/** Every screen and state that is looked at: how to reach it on the backend in memory. */

const link = (ticket) => `datashare://invitation#1.${ticket}.k7Qm2VdYxP0sN4eTtBz8wLr3HfUjAoCi6G9yXqZ5uKnM1bDpEhRvSgWcJlOaFI0T2x8Q4m6Z`;
const id = (name) => `[data-testid="${name}"]`;

const openInvitation = (ticket) => async (page) => {
  await page.fill(id("invitation-input"), link(ticket));
  await page.click(id("invitation-open"));
  await page.waitForSelector(`${id("invitation-status")}, ${id("invitation-accept")}, ${id("error")}`);
};

const readToEnd = (page) => page.locator(id("terms-text")).evaluate((element) => element.scrollTo(0, element.scrollHeight));

const agree = async (page) => {
  await readToEnd(page);
  await page.click(id("terms-agree"));
};

const acceptAndMap = (connection, path) => async (page) => {
  await openInvitation("open")(page);
  await agree(page);
  await page.click(id("invitation-accept"));
  await page.selectOption(id("target-connection"), { label: connection });
  if (path) await page.fill(id("target-path"), path);
  await page.waitForSelector(id("mapping-preview"));
};

const wizard = (upTo) => async (page) => {
  await page.fill(id("share-name"), "harbour-logistics");
  await page.fill(id("share-description"), "Arrivals and departures of the container terminal, every hour.");
  await page.click(id("terms-template-internal"));
  await page.selectOption(id("share-exchange"), { label: "Meeting point" });
  if (upTo === "details") return;
  await page.click(id("wizard-next"));
  await page.selectOption(id("dataset-connection"), { label: "Reports" });
  await page.click(id("tree-open-exports"));
  await page.click(id("tree-exports/pos-2026"));
  await page.click(id("tree-exports/prices.parquet"));
  if (upTo === "datasets") return;
  await page.click(id("wizard-next"));
  await page.click(id("share-schedule"));
  await page.waitForSelector(id("schedule-next"));
  if (upTo === "schedule") return;
  if (upTo === "schedule-week") {
    await page.selectOption(id("schedule-kind"), "week");
    await page.click(id("schedule-thursday"));
    return;
  }
  if (upTo === "schedule-cron") {
    await page.selectOption(id("schedule-kind"), "cron");
    return;
  }
  await page.click(id("wizard-next"));
  await page.fill(id("recipients-input"), "ben@fabrikam.example; Mira Castellanos <mira@northwind.example>\ncarla@tailspin");
  if (upTo === "recipients-invalid") return;
  await page.fill(id("recipients-input"), "ben@fabrikam.example; Mira Castellanos <mira@northwind.example>");
  await page.click(id("acceptance-right-away"));
  if (upTo === "recipients") return;
  await page.click(id("wizard-next"));
  if (upTo === "review") return;
  await page.click(id("wizard-create"));
  await page.waitForSelector(id("invitation-link-text"));
};

const recipientMenu = (name, item) => async (page) => {
  await page.click(`[data-testid="recipient-actions"][data-recipient="${name}"]`);
  if (item) await page.click(id(item));
};

const blobForm = (secret) => async (page) => {
  await page.selectOption(id("connection-kind"), "azure-blob");
  await page.fill(id("connection-account"), "contosodata");
  await page.fill(id("connection-secret"), secret);
  await page.fill(id("connection-name"), "Contoso data");
  await page.click(id("connection-test"));
  await page.waitForSelector(id("connection-check"));
};

/** Adds a webhook at this address. */
const target = (address) => async (page) => {
  await page.click(id("target-add"));
  await page.fill(id("target-name"), "Operations");
  await page.fill(id("target-address"), address);
  await page.click(id("target-save"));
};
const mailServer = (server) => async (page) => {
  await page.click(id("mail-set-up"));
  await page.fill(id("mail-server"), server);
  await page.fill(id("mail-password"), "any");
  await page.click(id("mail-save"));
  await page.click(id("mail-test"));
  await page.waitForSelector(id("mail-check"));
};

const tab = (name, until) => ({ hash: `/sent/shr-sales?tab=${name}`, until });

const party = (name, organisation, email, safety_code) => ({ name, organisation, email, fingerprint: "7f3a 91c2 5be0 44d8 a61f 0c97 e2b5 3d18", safety_code });

/** What the backend in memory takes for a receipt. */
const receipt = (facts = {}) => JSON.stringify({
  facts: {
    invitation_id: "rec-ben", share: "retail-sales", share_id: "shr-sales", provider: party("Ana Lindqvist", "Contoso", "ana@contoso.example", "harbour violin maple comet anchor quiet"),
    invited: "ben@fabrikam.example", recipient: party("Ben Okafor", "Fabrikam", "b.okafor@fabrikam.example", "meadow copper lantern river tulip seven"),
    accepted_at: "2026-11-09T08:12:00Z", confirmed_at: "2026-11-09T08:15:00Z", acceptance_sha256: "9af15b336e6a9619928537df30b2e6a2376569fcf9d7e773eccede65606529a0",
    terms: { version: 1, sha256: "1b1946ac92492d2347c6235b4d2611184c5f1a9e0d73b8426fa09c1e5d7", text: "# Terms of use\n\n- Inside your organisation.\n", agreed_at: "2026-11-09T08:12:00Z" }, later_terms: null, snapshot: null, ...facts,
  },
  receipt: "datashare/receipt/v1",
});
const SNAPSHOT = {
  snapshot_id: "snp-b1", mode: "incremental", status: "PartlySucceeded", started_at: "2026-11-20T22:00:00Z", ended_at: "2026-11-20T22:04:00Z", files_total: 16, files_written: 14, files_skipped: 1226, files_failed: 2,
  bytes_total: 21_400_000, bytes_written: 20_000_000, manifest_version: 4, manifest_sha256: "ab4f", manifest_confirmed: true,
};

const check = (text, until) => async (page) => {
  await page.setInputFiles(id("receipt-file"), { name: "a.receipt.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await page.waitForSelector(id(until));
};

const approvedRules = async (page) => {
  await page.click(id("approver-add"));
  await page.fill(id("approver-name"), "Mira Castellanos");
  await page.fill(id("approver-fingerprint"), "09d1".repeat(16));
  await page.click(id("rules-approve-invitations"));
  await page.selectOption(id("rules-approve-datasets"), "sensitive");
  await page.click(id("rules-save"));
  await page.waitForSelector(id("toast"));
};

/** Under rules that leave what is sensitive to a second person: a new share with such a dataset, up to this step. */
const sensitiveShare = (upTo) => async (page) => {
  await approvedRules(page);
  await page.evaluate(() => { location.hash = "#/sent/new"; });
  await wizard("datasets")(page);
  await page.locator(id("dataset-sensitive")).first().click();
  await page.waitForSelector(id("approval-needed"));
  if (upTo === "datasets") return;
  for (let step = 0; step < 3; step += 1) await page.click(id("wizard-next"));
  await page.waitForSelector(id("wizard-create"));
};

const strictRules = async (page) => {
  await page.fill(id("rules-domains"), "fabrikam.example\nnorthwind.example");
  await page.fill(id("rules-invitation-days"), "14");
  await page.click(id("rules-right-away"));
  await page.click(id("rules-save"));
  await page.waitForSelector(id("toast"));
};

export const SCREENS = [
  { name: "first-start", scenario: "first-start", hash: "/", until: id("first-name") },
  { name: "first-start-mistakes", scenario: "first-start", hash: "/", act: async (page) => { await page.fill(id("first-email"), "ana@"); await page.click(id("first-submit")); } },
  { name: "first-start-keyring-locked", scenario: "keyring-locked", hash: "/", until: id("vault-trouble") },
  { name: "locked-keyring", scenario: "keyring-locked-later", hash: "/", until: id("vault-trouble") },
  { name: "locked-passphrase", scenario: "passphrase", hash: "/", until: id("vault-passphrase"), act: async (page) => { await page.fill(id("vault-passphrase"), "wrong one"); await page.click(id("vault-submit")); await page.waitForSelector(id("error")); } },
  { name: "locked-look-around", scenario: "keyring-locked-later", hash: "/", act: (page) => page.click(id("vault-look-around")), until: id("vault-banner-unlock") },
  { name: "home", hash: "/" },
  { name: "home-empty", scenario: "empty", hash: "/" },
  { name: "home-demo", scenario: "empty", hash: "/", act: async (page) => { await page.click(id("demo-start")); await page.waitForSelector(id("terms-agree")); } },
  { name: "nav-open", hash: "/", act: (page) => page.click(id("nav-toggle")) },
  { name: "palette", hash: "/", act: async (page) => { await page.keyboard.press("Control+k"); await page.waitForSelector(id("palette-newShare")); }, viewportOnly: true },
  { name: "palette-people", hash: "/", act: async (page) => { await page.keyboard.press("Control+k"); await page.fill(id("palette-input"), "be oka"); await page.waitForSelector("[data-testid^=palette-recipient-]"); }, viewportOnly: true },
  { name: "palette-nothing", hash: "/", act: async (page) => { await page.keyboard.press("Control+k"); await page.fill(id("palette-input"), "zzz"); }, viewportOnly: true },
  { name: "shortcuts", hash: "/", act: (page) => page.keyboard.press("Shift+?"), until: id("shortcuts"), viewportOnly: true },
  { name: "connections", hash: "/connections" },
  { name: "connections-empty", scenario: "empty", hash: "/connections" },
  { name: "connections-long", scenario: "long-names", hash: "/connections" },
  { name: "connection-new", hash: "/connections/new" },
  { name: "connection-new-good", hash: "/connections/new", act: blobForm("good key") },
  { name: "connection-new-wrong", hash: "/connections/new", act: blobForm("wrong key") },
  { name: "connection", hash: "/connections/con-reports", act: async (page) => { await page.click(id("tree-open-exports")); await page.waitForSelector("text=pos-2026"); await page.click(id("connection-test")); await page.waitForSelector(id("connection-check")); } },
  { name: "connection-errors", scenario: "errors", hash: "/connections/con-lake", act: async (page) => { await page.click(id("connection-test")); await page.waitForSelector(id("connection-check")); } },
  { name: "connection-remove", hash: "/connections/con-downloads", act: (page) => page.click(id("connection-remove")) },
  { name: "sent", hash: "/sent" },
  { name: "sent-empty", scenario: "empty", hash: "/sent" },
  { name: "sent-many", scenario: "many", hash: "/sent", act: (page) => page.locator("main").evaluate((main) => main.scrollTo(0, 20_000)) , viewportOnly: true },
  { name: "sent-long", scenario: "long-names", hash: "/sent" },
  { name: "new-share-details", hash: "/sent/new", act: wizard("details") },
  { name: "new-share-datasets", hash: "/sent/new", act: wizard("datasets") },
  { name: "new-share-datasets-sensitive", hash: "/settings?tab=rules", act: sensitiveShare("datasets") },
  { name: "new-share-review-sensitive", hash: "/settings?tab=rules", act: sensitiveShare("review") },
  { name: "new-share-schedule", hash: "/sent/new", act: wizard("schedule") },
  { name: "new-share-schedule-week", hash: "/sent/new", act: wizard("schedule-week") },
  { name: "new-share-schedule-cron", hash: "/sent/new", act: wizard("schedule-cron") },
  { name: "new-share-recipients", hash: "/sent/new", act: wizard("recipients") },
  { name: "new-share-recipients-invalid", hash: "/sent/new", act: wizard("recipients-invalid") },
  { name: "new-share-review", hash: "/sent/new", act: wizard("review") },
  { name: "new-share-links", hash: "/sent/new", act: wizard("links") },
  { name: "share-overview", ...tab("overview") },
  { name: "share-overview-new", hash: "/sent/shr-weather" },
  { name: "share-overview-long", scenario: "long-names", hash: "/sent/shr-sales" },
  { name: "share-error", scenario: "errors", hash: "/sent/shr-sales", until: id("error") },
  { name: "share-datasets", ...tab("datasets") },
  { name: "share-datasets-long", scenario: "long-names", ...tab("datasets") },
  { name: "share-datasets-add", ...tab("datasets"), act: async (page) => { await page.click(id("dataset-add")); await page.selectOption(id("dataset-connection"), { label: "Reports" }); await page.click(id("tree-archive")); } },
  { name: "share-recipients", ...tab("recipients") },
  { name: "share-recipients-long", scenario: "long-names", ...tab("recipients") },
  { name: "share-recipients-menu", ...tab("recipients"), act: recipientMenu("Ben Okafor"), viewportOnly: true },
  { name: "share-revoke", ...tab("recipients"), act: recipientMenu("Ben Okafor", "recipient-revoke") },
  { name: "share-expiry", ...tab("recipients"), act: recipientMenu("Ben Okafor", "recipient-expiry") },
  { name: "share-withdraw", ...tab("recipients"), act: recipientMenu("eve@litware.example", "recipient-withdraw") },
  { name: "share-invite", ...tab("recipients"), act: (page) => page.click(id("share-invite")) },
  { name: "share-schedule", ...tab("schedule") },
  { name: "share-schedule-edit", ...tab("schedule"), act: (page) => page.click(id("schedule-edit")), until: id("schedule-next") },
  { name: "share-schedule-zone", ...tab("schedule"), act: async (page) => { await page.click(id("schedule-edit")); await page.click(id("schedule-zone")); await page.keyboard.press("Control+a"); await page.keyboard.type("new"); }, until: "[role=option]", viewportOnly: true },
  { name: "share-schedule-none", hash: "/sent/shr-weather?tab=schedule", until: id("schedule-set") },
  { name: "share-schedule-clear", ...tab("schedule"), act: (page) => page.click(id("schedule-clear")), until: id("schedule-clear-dialog") },
  { name: "share-publication-refuse", ...tab("recipients"), act: (page) => page.click(id("publication-refuse")), until: id("publication-refusal") },
  { name: "share-history", ...tab("history") },
  { name: "share-terms", ...tab("terms") },
  { name: "share-terms-edit", ...tab("terms"), act: (page) => page.click(id("terms-edit")) },
  { name: "share-audit", ...tab("audit"), act: async (page) => { await page.click(id("audit-verify")); await page.waitForSelector(id("audit-report")); } },
  { name: "share-delete", ...tab("overview"), act: (page) => page.click(id("share-delete")) },
  { name: "invitations", hash: "/invitations" },
  { name: "invitations-empty", scenario: "empty", hash: "/invitations" },
  { name: "open-invitation", hash: "/invitations/open" },
  { name: "open-invitation-bad", hash: "/invitations/open", act: async (page) => { await page.fill(id("invitation-input"), "datashare://invitation#1.cut"); await page.click(id("invitation-open")); await page.waitForSelector(id("error")); } },
  { name: "open-invitation-folder", hash: "/invitations/open", act: openInvitation("folder") },
  { name: "invitation", hash: "/invitations/open", act: openInvitation("open") },
  { name: "invitation-agreed", hash: "/invitations/open", act: async (page) => { await openInvitation("open")(page); await agree(page); } },
  { name: "invitation-no-terms", hash: "/invitations/open", act: openInvitation("no-terms") },
  { name: "invitation-spent", hash: "/invitations/open", act: openInvitation("spent") },
  { name: "invitation-withdrawn", hash: "/invitations/open", act: openInvitation("withdrawn") },
  { name: "invitation-expired", hash: "/invitations/open", act: openInvitation("expired") },
  { name: "invitation-reject", hash: "/invitations/open", act: async (page) => { await openInvitation("open")(page); await page.click(id("invitation-reject")); } },
  { name: "mapping", hash: "/invitations/open", act: acceptAndMap("Analysis lake") },
  { name: "mapping-problems", hash: "/invitations/open", act: acceptAndMap("Received data", "what?") },
  { name: "mapping-apart", hash: "/received/rcv-orders/targets" },
  { name: "mapping-long", scenario: "long-names", hash: "/received/rcv-orders/targets" },
  { name: "received", hash: "/received" },
  { name: "received-empty", scenario: "empty", hash: "/received" },
  { name: "received-long", scenario: "long-names", hash: "/received" },
  { name: "received-share", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("snapshot-plan")); await page.waitForSelector(id("plan-numbers")); await page.click(`${id("plan-files")} summary`); } },
  { name: "received-share-long", scenario: "long-names", hash: "/received/rcv-orders" },
  { name: "received-share-broken", scenario: "errors", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("snapshot-plan")); await page.waitForSelector(id("error")); } },
  { name: "received-schedule-own", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("trigger-change")); await page.click(id("trigger-whose-own")); }, until: id("schedule-next") },
  { name: "received-schedule-off", hash: "/received/rcv-orders", act: (page) => page.click(id("trigger-switch")) },
  { name: "received-publication-asked", hash: "/received/rcv-orders", act: (page) => page.click(id("publication-ask")) },
  { name: "received-history", hash: "/received/rcv-orders?tab=history" },
  { name: "received-terms", hash: "/received/rcv-orders?tab=terms" },
  { name: "received-waiting", hash: "/received/rcv-waiting" },
  { name: "received-revoked", hash: "/received/rcv-revoked" },
  { name: "received-terms-changed", hash: "/received/rcv-climate", act: (page) => page.click(id("terms-changed-read")) },
  { name: "received-leave", hash: "/received/rcv-orders", act: (page) => page.click(id("received-leave")) },
  { name: "snapshot-running", scenario: "running", hash: "/activity", act: async (page) => { await page.locator(id("activity-list")).getByRole("button").first().click(); await page.waitForSelector(id("snapshot-phase")); } },
  { name: "snapshot-cancel", scenario: "running", hash: "/activity", act: async (page) => { await page.locator(id("activity-list")).getByRole("button").first().click(); await page.click(id("snapshot-cancel")); } },
  { name: "snapshot-limit", scenario: "running", hash: "/activity", act: async (page) => { await page.locator(id("activity-list")).getByRole("button").first().click(); await page.click(id("snapshot-limit")); await page.waitForSelector(id("snapshot-limit-rate")); } },
  { name: "snapshot-succeeded", hash: "/activity/snp-1", until: id("snapshot-outcome") },
  { name: "snapshot-partly", hash: "/activity/snp-2", until: id("snapshot-outcome") },
  { name: "snapshot-partly-long", scenario: "long-names", hash: "/activity/snp-2", until: id("snapshot-outcome") },
  { name: "snapshot-missing", hash: "/activity/gone", until: id("error") },
  { name: "activity", hash: "/activity" },
  { name: "activity-empty", scenario: "empty", hash: "/activity" },
  { name: "activity-many", scenario: "many", hash: "/activity", act: (page) => page.locator("main").evaluate((main) => main.scrollTo(0, 60_000)), viewportOnly: true },
  { name: "toast", hash: "/invitations/open", act: async (page) => { await openInvitation("no-terms")(page); await page.click(id("invitation-later")); await page.waitForSelector(id("toast")); } },
  { name: "share-describe", ...tab("overview"), act: (page) => page.click(id("share-describe")) },
  { name: "share-invite-pasted", ...tab("recipients"), act: async (page) => { await page.click(id("share-invite")); await page.fill(id("recipients-input"), "Name\tMail\nBen Okafor\tben@fabrikam.example\nNobody\t\nMira\tmira@northwind.example\ncarla@tailspin"); } },
  { name: "link-code", ...tab("recipients"), act: async (page) => { await recipientMenu("eve@litware.example", "recipient-link")(page); await page.click(id("invitation-code")); } },
  { name: "file-preview", hash: "/connections/con-reports", act: (page) => page.click(id("tree-preview-stores.csv")), until: "table" },
  { name: "unopened", scenario: "damaged", hash: "/", until: id("error") },
  { name: "crash", scenario: "crash", hash: "/connections", until: id("support-report"), complains: true },
  { name: "approvals", hash: "/approvals" },
  { name: "approvals-long", scenario: "long-names", hash: "/approvals" },
  { name: "approvals-empty", scenario: "empty", hash: "/approvals" },
  { name: "approval-request", open: "request", hash: "/", until: id("approval-grant") },
  { name: "approval-refuse", open: "request", hash: "/", act: (page) => page.click(id("approval-refuse")), until: id("approval-reason") },
  { name: "approval-answer", open: "answer", hash: "/", until: id("approval-do") },
  { name: "approval-refused", open: "refusal", hash: "/", until: id("approval-state") },
  { name: "approval-false", hash: "/approvals", act: (page) => page.setInputFiles(id("approval-file"), { name: "a.datashare-approval", mimeType: "application/x-datashare-approval", buffer: Buffer.from("cut") }), until: id("error") },
  { name: "rules-approval", hash: "/settings?tab=rules", act: async (page) => { await page.click(id("approver-add")); await page.fill(id("approver-name"), "Mira Castellanos"); await page.fill(id("approver-fingerprint"), "7f3a 91c2"); await page.click(id("rules-approve-invitations")); } },
  { name: "share-invite-approval", hash: "/settings?tab=rules", act: async (page) => { await approvedRules(page); await page.evaluate(() => { location.hash = "#/sent/shr-sales?tab=recipients"; }); await page.click(id("share-invite")); await page.fill(id("recipients-input"), "hana@fabrikam.example"); }, until: id("approval-needed") },
  { name: "share-datasets-approval", hash: "/settings?tab=rules", act: async (page) => { await approvedRules(page); await page.evaluate(() => { location.hash = "#/sent/shr-sales?tab=datasets"; }); await page.click(id("dataset-add")); await page.selectOption(id("dataset-connection"), { label: "Reports" }); await page.click(id("tree-archive")); await page.click(id("dataset-sensitive")); }, until: id("approval-needed") },
  { name: "receipt", hash: "/receipt" },
  { name: "receipt-proven", hash: "/receipt", act: async (page) => { await check(receipt({ snapshot: SNAPSHOT }), "receipt-proven")(page); await page.click(id("receipt-terms")); } },
  { name: "receipt-false", hash: "/receipt", act: check(receipt().replace("v1", "v9"), "receipt-not-proven") },
  { name: "share-receipt", ...tab("audit"), act: (page) => page.click(id("receipt-open")), until: id("receipt-person") },
  { name: "received-receipt", hash: "/received/rcv-orders?tab=audit", act: (page) => page.click(id("receipt-open")), until: id("receipt-of") },
  { name: "share-grants", ...tab("audit"), act: (page) => page.click(id("grants-open")), until: id("grant-list") },
  { name: "share-grants-long", scenario: "long-names", ...tab("audit"), act: (page) => page.click(id("grants-open")), until: id("grant-list") },
  { name: "share-terms-changes", ...tab("terms"), act: (page) => page.click(id("terms-changes-2")), until: id("terms-difference") },
  { name: "share-terms-people", ...tab("terms"), act: (page) => page.click(id("terms-people-1")) },
  { name: "safety-provider", ...tab("recipients"), act: (page) => page.click(id("safety-compare")), until: id("safety-theirs") },
  { name: "safety-differs", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("safety-compare")); await page.click(id("safety-differ")); }, until: id("safety-differs") },
  { name: "share-invite-rules", hash: "/settings?tab=rules", act: async (page) => {
    await strictRules(page);
    await page.evaluate(() => { location.hash = "#/sent/shr-weather"; });
    await page.click(id("share-invite"));
    await page.fill(id("recipients-input"), "ben@fabrikam.example, carla@tailspin.example");
    await page.fill(id("recipients-expires"), "2027-06-01");
    await page.waitForSelector(id("rules-forbid"));
  } },
  { name: "run-options", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("run-options")); await page.click(id("run-mirror")); } },
  { name: "received-share-mirrored", hash: "/received/rcv-orders", act: async (page) => { await page.click(id("run-options")); await page.click(id("run-mirror")); await page.click(id("run-verify")); await page.keyboard.press("Escape"); await page.click(id("snapshot-plan")); await page.waitForSelector(id("plan-deletes")); } },
  { name: "snapshot-guard", hash: "/activity/snp-guard", until: id("snapshot-outcome") },
  { name: "snapshot-guard-ask", hash: "/activity/snp-guard", act: (page) => page.click(id("guard-ask")), until: id("guard-dialog") },
  { name: "first-start-move", scenario: "first-start", hash: "/", act: async (page) => { await page.click(id("first-move")); await page.click(id("import-choose")); await page.fill(id("import-passphrase"), "wrong one"); await page.click(id("import-submit")); await page.waitForSelector(id("error")); } },
  { name: "tray-hint", hash: "/", tell: true, until: id("tray-hint") },
  { name: "connection-large", scenario: "huge", hash: "/connections/con-reports", act: async (page) => { await page.click(id("tree-open-archive")); await page.waitForSelector(id("tree-later")); }, viewportOnly: true },
  { name: "settings", hash: "/settings" },
  { name: "settings-background", scenario: "errors", hash: "/settings", until: id("background-problems") },
  { name: "settings-secrets", hash: "/settings?tab=secrets", act: (page) => page.click(id("check-all")), until: id("check-all-report") },
  { name: "settings-findings", scenario: "errors", hash: "/settings?tab=secrets", act: (page) => page.click(id("check-all")), until: id("check-all-report") },
  { name: "settings-export", hash: "/settings?tab=secrets", act: async (page) => { await page.click(id("workspace-export")); await page.fill(id("export-passphrase"), "short"); } },
  { name: "settings-passphrase", scenario: "passphrase", hash: "/settings?tab=secrets", act: async (page) => { await page.fill(id("vault-passphrase"), "correct horse"); await page.click(id("vault-submit")); await page.click(id("vault-passphrase-change")); }, until: id("passphrase-dialog") },
  { name: "settings-rules", hash: "/settings?tab=rules", act: async (page) => { await page.fill(id("rules-invitation-days"), "0"); await page.click(id("rules-terms")); } },
  { name: "settings-notifications", hash: "/settings?tab=notifications", act: async (page) => { await page.click(id("notify-revoked-email")); await page.click(id("notify-snapshot-failed-webhook")); }, until: id("notification-no-target") },
  { name: "settings-notifications-dead", scenario: "errors", hash: "/settings?tab=notifications", until: id("dead-letter") },
  { name: "settings-target", hash: "/settings?tab=notifications", act: async (page) => { await target("https://hooks.contoso.example/abc")(page); await page.click(id("target-test")); }, until: id("target-check") },
  { name: "settings-target-wrong", hash: "/settings?tab=notifications", act: target("http://hooks.contoso.example/abc"), until: id("error") },
  { name: "settings-vault", hash: "/settings?tab=secrets", act: (page) => page.click(id("vault-change")) },
  { name: "settings-mail-new", hash: "/settings", act: (page) => page.click(id("mail-set-up")) },
  { name: "settings-mail-good", hash: "/settings", act: mailServer("smtp.contoso.example") },
  { name: "settings-mail-wrong", hash: "/settings", act: mailServer("smtp.wrong.example") },
  { name: "link-send", hash: "/settings", act: async (page) => { await mailServer("smtp.contoso.example")(page); await page.evaluate(() => { location.hash = "/sent/shr-sales?tab=recipients"; }); await recipientMenu("eve@litware.example", "recipient-link")(page); await page.click(id("invitation-send")); await page.waitForSelector(id("invitation-send-link")); }, viewportOnly: true },
  { name: "link-sent", hash: "/settings", act: async (page) => { await mailServer("smtp.contoso.example")(page); await page.evaluate(() => { location.hash = "/sent/shr-sales?tab=recipients"; }); await recipientMenu("eve@litware.example", "recipient-link")(page); await page.click(id("invitation-send")); await page.click(id("invitation-send-link-and-file")); await page.waitForSelector(id("invitation-sent")); } },
  { name: "not-found", hash: "/no-such-page" },
];
