import type * as English from "../en/shares";

const TERMS_INTERNAL = `# Nutzungsbedingungen

## Was Sie dürfen
- Die Daten innerhalb Ihrer Organisation für Auswertungen und Berichte verwenden.

## Was Sie nicht dürfen
- Die Daten ganz oder teilweise an andere weitergeben.
- Sie mit anderen Daten verknüpfen, um Personen zu erkennen.

## Aufbewahren und löschen
Löschen Sie alle Kopien innerhalb von 30 Tagen, nachdem der Zugriff geendet hat.
`;

const TERMS_RESEARCH = `# Bedingungen für die Forschung

## Zweck
Die Daten dürfen nur für das Forschungsvorhaben verwendet werden, auf das sich beide Seiten geeinigt haben.

## Veröffentlichungen
- Ergebnisse dürfen veröffentlicht werden, wenn sie keine Rückschlüsse auf einzelne Personen oder Organisationen erlauben.
- Nennen Sie den Anbieter als Quelle und senden Sie ihm vor der Veröffentlichung ein Exemplar.

## Sicherheit
Bewahren Sie die Daten verschlüsselt auf, mit Zugriff nur für die Beteiligten des Vorhabens.

## Ende
Löschen Sie alle Kopien, wenn das Vorhaben endet, und bestätigen Sie die Löschung schriftlich.
`;

const TERMS_OPEN = `# Offene Bedingungen

Sie dürfen diese Daten verwenden, ändern und weitergeben, auch gewerblich, wenn Sie den Anbieter als Quelle nennen.

Die Daten werden bereitgestellt, wie sie sind, ohne Zusage, dass sie vollständig oder richtig sind.
`;

export const shares: typeof English.shares = {
  title: "Gesendete Freigaben",
  lead: "Was Sie mit anderen teilen.",
  create: "Neue Freigabe",
  emptyTitle: "Sie haben noch nichts geteilt",
  emptyBody: "Eine Freigabe bündelt Ordner, Container oder Dateien mit Nutzungsbedingungen. Sie laden Personen dazu ein und sehen, wer was empfangen hat.",
  search: "Freigaben durchsuchen",
  noMatch: "Keine Freigabe mit diesem Namen.",
  name: "Name",
  datasets: "Datasets",
  recipients: "Empfänger",
  lastSnapshot: "Letzter Snapshot",
  created: "Erstellt",
  pending: (count) => `${count} offen`,
  waiting: (count) => (count === 1 ? "1 wartet auf Sie" : `${count} warten auf Sie`),
  tabs: { overview: "Übersicht", datasets: "Datasets", recipients: "Empfänger", schedule: "Zeitplan", history: "Verlauf", terms: "Bedingungen", audit: "Prüfprotokoll" },
  description: "Beschreibung",
  noDescription: "Keine Beschreibung",
  kind: "Art",
  exchange: "Treffpunkt",
  deleteAction: "Freigabe löschen",
  deleteTitle: (name) => `„${name}“ löschen?`,
  deleteDoes: [
    "Alle Empfänger verlieren ihren Zugriff und erfahren davon.",
    "Offene Einladungen funktionieren nicht mehr.",
    "Die veröffentlichten Kopien am Treffpunkt werden gelöscht.",
  ],
  deleteDoesNot: ["Ihre Quelldaten werden nicht angetastet.", "Kopien, die Empfänger erhalten haben, bleiben bei ihnen: Prüfen Sie Ihre Bedingungen.", "Es lässt sich nicht rückgängig machen."],
  deleteType: (name) => `Geben Sie zur Bestätigung ${name} ein`,
  deleteConfirm: "Freigabe löschen",
  deletedTitle: "Die Freigabe ist gelöscht",
  editDescription: "Beschreibung bearbeiten",
  descriptionSaved: "Die Beschreibung ist geändert. Empfänger sehen sie beim nächsten Nachsehen.",
  overviewFlow: "Von Ihren Daten zu den Empfängern",
  overviewShare: "Diese Freigabe",
  overviewNoDatasets: "Noch kein Dataset",
  overviewNoRecipients: "Noch niemand eingeladen",
  overviewNoSnapshot: "Noch kein Snapshot",
  overviewMore: (count) => `und ${count} weitere`,
  overviewNext: "Was noch zu tun ist",
  nextAddDatasets: "Fügen Sie Datasets hinzu, damit es etwas zu empfangen gibt.",
  nextPublish: "Veröffentlichen Sie die Datasets, damit Empfänger sie lesen können.",
  nextInvite: "Laden Sie den ersten Empfänger ein.",
};

export const wizard: typeof English.wizard = {
  title: "Neue Freigabe",
  steps: { details: "Details", datasets: "Datasets", schedule: "Zeitplan", recipients: "Empfänger", review: "Überprüfen" },
  stepOf: (index, count, name) => `Schritt ${index} von ${count}: ${name}`,
  summary: "Zusammenfassung",
  create: "Freigabe erstellen",
  nameHint: "Die Empfänger sehen ihn.",
  nameTaken: "Sie haben bereits eine Freigabe mit diesem Namen.",
  descriptionHint: "Was es ist und wie oft es sich ändert.",
  kindLabel: "Wie Empfänger an die Daten kommen",
  kindSnapshot: "Snapshot",
  kindSnapshotHint: "Empfänger kopieren die Daten in ihren eigenen Speicher, ganz oder nur das Neue.",
  terms: "Nutzungsbedingungen",
  termsHint: "Empfänger lesen und akzeptieren sie, bevor sie etwas bekommen. Markdown: # Überschrift, - Liste, **fett**.",
  termsPreview: "Vorschau",
  termsEmpty: "Ohne Bedingungen nehmen Empfänger mit einem Klick an.",
  templates: "Bedingungen als Vorlage",
  templatesList: [
    { id: "internal", name: "Interne Nutzung", text: TERMS_INTERNAL },
    { id: "research", name: "Forschung", text: TERMS_RESEARCH },
    { id: "open", name: "Offen", text: TERMS_OPEN },
  ],
  meeting: "Treffpunkt",
  meetingLead: "Sie und die Empfänger brauchen einen Ort, den beide erreichen. Einladungen, Zugriffe und signierte Kopien gehen darüber; Ihre Schlüssel sieht er nie.",
  exchangeChoose: "Verbindung wählen",
  exchangePrefix: "Ordner darin",
  exchangePrefixHint: "Leer lassen für die oberste Ebene.",
  exchangeFolderHint: "Ein Ordner eignet sich, wenn der Empfänger ihn auch öffnen kann: ein Netzlaufwerk, ein synchronisierter Ordner oder dieser Computer.",
  exchangeBlobHint: "Empfänger brauchen kein Konto dort: Jeder bekommt einen eigenen Zugriff, den Sie beenden können.",
  addConnection: "Verbindung hinzufügen",
  datasetsLead: "Haken Sie an, was Empfänger bekommen sollen. Was später in einen angehakten Ordner kommt, gehört dazu.",
  datasetsFrom: "Verbindung",
  datasetsChosen: "Ausgewählt",
  datasetsWhole: (connection) => `Alles in „${connection}“`,
  datasetsNone: "Noch nichts ausgewählt. Sie können Datasets auch später hinzufügen.",
  recipientsLead: "Fügen Sie Adressen aus einer E-Mail oder Tabelle ein. Jede Person bekommt eine eigene Einladung. Sie können auch später einladen.",
  recipientsLabel: "E-Mail-Adressen",
  recipientsPlaceholder: "ben@fabrikam.example, Mira Castellanos <mira@northwind.example>",
  recipientsInvalid: (count) => (count === 1 ? "1 Zeile enthält keine Adresse. Berichtigen oder löschen Sie sie." : `${count} Zeilen enthalten keine Adresse. Berichtigen oder löschen Sie sie.`),
  recipientsUnderstood: "Was erkannt wurde",
  recipientsProblem: { "no-address": "enthält keine Adresse", unfinished: "ist keine ganze Adresse" },
  recipientsMore: (count) => `Und ${count} weitere.`,
  recipientsTwice: (count) => (count === 1 ? "1 Adresse war doppelt und wird einmal eingeladen." : `${count} Adressen waren mehrfach da und werden einmal eingeladen.`),
  recipientsFound: (count) => (count === 0 ? "Noch keine Adresse" : count === 1 ? "1 Adresse" : `${count} Adressen`),
  expires: "Einladung gültig bis",
  expiresPast: "Wählen Sie einen Tag in der Zukunft.",
  acceptance: "Wenn jemand annimmt",
  reviewLead: "Das wird angelegt. Noch wurde nichts gesendet.",
  reviewPublish: "Datasets in Ordnern werden jetzt veröffentlicht: Eine signierte Kopie wird am Treffpunkt abgelegt.",
  creating: "Die Freigabe wird erstellt",
  addingDataset: (name) => `„${name}“ wird hinzugefügt`,
  publishing: "Wird veröffentlicht. Bei großen Ordnern dauert das eine Weile.",
  inviting: "Die Einladungen werden erstellt",
  partly: "Die Freigabe wurde erstellt, aber nicht alles hat funktioniert",
  openShare: "Freigabe öffnen",
};

export const links: typeof English.links = {
  title: "Einladungen senden",
  lead: (share) => `Jede Person hat eine eigene Einladung zu „${share}“. Senden Sie sie, wie Sie möchten: mit Ihrem E-Mail-Programm, als Datei oder kopiert in eine beliebige Nachricht.`,
  validUntil: "Gültig bis",
  secretNote: "Behandeln Sie jeden Link wie einen Schlüssel: Er kann einmal angenommen werden, von dem, der ihn zuerst öffnet.",
  link: "Link",
  copyLink: "Link kopieren",
  saveFile: "Datei speichern",
  openMail: "E-Mail öffnen",
  mailHint: "Ihr E-Mail-Programm öffnet sich mit Betreff und Text. Der Link steht darin.",
  attachHint: "Manche E-Mail-Programme kürzen lange Links. Sicherer: Speichern Sie zuerst die Datei und hängen Sie sie an die E-Mail an; ein Doppelklick darauf öffnet die Einladung.",
  showCode: "QR-Code",
  hideCode: "QR-Code ausblenden",
  codeLabel: (email) => `QR-Code der Einladung für ${email}`,
  codeTooLong: "Diese Einladung ist zu lang für einen QR-Code. Senden Sie den Link oder die Datei.",
  all: "Alle auf einmal",
  copyAll: "Alle Links kopieren",
  copyAllHint: "Adresse und Link in jeder Zeile, zum Einfügen in Excel oder einen Serienbrief.",
  saved: (path) => `Gespeichert als ${path}`,
  copied: "Der Link ist kopiert.",
  done: "Fertig",
  safety: "Ihr Sicherheitscode, fürs Telefon",
};

export const datasets: typeof English.datasets = {
  add: "Datasets hinzufügen",
  addTitle: "Datasets hinzufügen",
  addChosen: (count) => (count === 1 ? "1 Dataset hinzufügen" : `${count} Datasets hinzufügen`),
  publish: "Änderungen veröffentlichen",
  publishing: "Wird veröffentlicht",
  emptyTitle: "Diese Freigabe hat noch keine Datasets",
  emptyBody: "Wählen Sie die Ordner, Container oder Dateien, die Empfänger bekommen sollen.",
  name: "Name",
  kind: "Art",
  source: "Quelle",
  size: "Größe",
  delivery: "Wie es die Empfänger erreicht",
  published: "Veröffentlicht",
  notPublished: "Noch nicht veröffentlicht",
  removeTitle: (name) => `„${name}“ aus der Freigabe entfernen?`,
  removeDoes: ["Empfänger können es nicht mehr empfangen; sie sehen, dass es entfernt wurde."],
  removeDoesNot: ["Ihre Quelldaten werden nicht angetastet.", "Kopien, die Empfänger erhalten haben, bleiben bei ihnen."],
  publishedNothing: "Alles war schon veröffentlicht. Nichts hat sich geändert.",
  publishedResult: (name, added, updated, removed) => `„${name}“: ${added} hinzugefügt, ${updated} geändert, ${removed} entfernt.`,
};

export const recipients: typeof English.recipients = {
  invite: "Einladen",
  inviteTitle: "Empfänger einladen",
  inviteSend: (count) => (count === 1 ? "1 Einladung erstellen" : `${count} Einladungen erstellen`),
  emptyTitle: "Noch niemand ist eingeladen",
  emptyBody: "Fügen Sie eine oder viele E-Mail-Adressen ein. Jede Person bekommt eine eigene Einladung.",
  person: "Empfänger",
  state: "Status",
  termsVersion: "Bedingungen",
  version: (version) => `Fassung ${version}`,
  lastSnapshot: "Letzter Snapshot",
  until: "Bis",
  waitingTitle: (name) => `${name} hat angenommen und wartet auf Ihre Entscheidung`,
  waitingBody: "Rufen Sie an und vergleichen Sie diese sechs Wörter. Wenn die andere Person in ihrem Datashare dieselben Wörter sieht, lassen Sie sie zu.",
  waitingMore: (count) => (count === 1 ? "1 weiterer wartet danach." : `${count.toLocaleString("de")} weitere warten danach.`),
  search: "Empfänger durchsuchen",
  approve: "Zulassen",
  decline: "Nicht zulassen",
  declineTitle: (name) => `${name} nicht zulassen?`,
  declineDoes: ["Die Person erfährt, dass Sie sie nicht zugelassen haben. Diese Einladung kann nicht mehr verwendet werden."],
  declineDoesNot: ["Sie hatte nie Zugriff, es muss also nichts zurückgenommen werden.", "Sie können ihr eine neue Einladung senden."],
  revoke: "Zugriff entziehen",
  revokeTitle: (name) => `Zugriff von ${name} entziehen?`,
  revokeDoes: [
    "Der Zugriff endet innerhalb einer Minute, solange Datashare läuft. Ein laufender Snapshot dort hält an.",
    "Die Person erfährt, dass der Zugriff beendet wurde.",
    "Das Prüfprotokoll hält es fest.",
  ],
  revokeDoesNot: ["Was schon kopiert wurde, lässt sich nicht zurückholen.", "Niemand sonst verliert den Zugriff.", "Sie können den Zugriff später wieder geben."],
  reinstate: "Zugriff wieder geben",
  reinstateTitle: (name) => `${name} wieder Zugriff geben?`,
  reinstateDoes: ["Snapshots sind wieder möglich, unter den Bedingungen, denen zugestimmt wurde."],
  reinstated: (name) => `${name} hat wieder Zugriff.`,
  setExpiry: "Enddatum ändern",
  setExpiryTitle: (name) => `Bis wann darf ${name} empfangen?`,
  setExpiryLabel: "Zugriff endet nach dem",
  copyLink: "Erneut senden: Link, E-Mail, QR-Code",
  withdraw: "Einladung zurückziehen",
  withdrawTitle: (email) => `Einladung an ${email} zurückziehen?`,
  withdrawDoes: ["Der Link funktioniert nicht mehr. Wer ihn öffnet, liest, dass Sie die Einladung zurückgezogen haben."],
  withdrawDoesNot: ["Es wird keine E-Mail gesendet. Sagen Sie es, wenn es jemand wissen soll."],
  approved: (name) => `${name} hat Zugriff.`,
  declined: (name) => `${name} wurde nicht zugelassen.`,
  revoked: (name) => `Der Zugriff von ${name} ist entzogen.`,
  withdrawn: (email) => `Die Einladung an ${email} ist zurückgezogen.`,
  expiryChanged: "Das Enddatum ist geändert.",
  safetyCode: "Sicherheitscode",
  findings: "Bitte sehen Sie sich das an",
  acceptedAs: (email) => `angenommen als ${email}`,
  revokedOn: "Entzogen",
};

export const terms: typeof English.terms = {
  edit: "Neue Fassung schreiben",
  editTitle: "Neue Fassung der Bedingungen",
  emptyTitle: "Diese Freigabe hat keine Bedingungen",
  emptyBody: "Empfänger nehmen mit einem Klick an. Schreiben Sie Bedingungen, denen sie zuerst zustimmen sollen.",
  current: "Aktuell",
  version: (version) => `Fassung ${version}`,
  mustAgree: "Empfänger müssen dieser Fassung vor ihrem nächsten Snapshot zustimmen",
  mustAgreeShort: "Neue Zustimmung verlangt",
  agreedBy: (count) => (count === 1 ? "1 Empfänger hat zugestimmt" : `${count} Empfänger haben zugestimmt`),
  publish: "Als aktuelle Fassung festlegen",
  saved: "Die neue Fassung gilt.",
  showText: "Text anzeigen",
  showChanges: "Was sich geändert hat",
  hide: "Ausblenden",
  added: "Hinzugefügt",
  removed: "Entfernt",
  difference: (version) => `Was sich in Fassung ${version} geändert hat`,
  changedSince: (version, added, removed) => `Seit Fassung ${version}: Zeilen hinzugefügt ${added}, entfernt ${removed}.`,
  firstVersion: "Das ist die erste Fassung.",
  noDifference: "Beide Fassungen haben dieselben Wörter.",
  unchangedLines: (count) => (count === 1 ? "1 unveränderte Zeile" : `${count} unveränderte Zeilen`),
  who: "Wer zugestimmt hat",
  whoMore: (count) => `und ${count} weitere`,
  whole: "Der ganze Text",
};

export const history: typeof English.history = {
  chart: (days) => `Empfangen in den letzten ${days} Tagen`,
  chartWords: (days, total) => `Empfangene Menge an jedem der letzten ${days} Tage, insgesamt ${total}. Die Zahlen stehen in der Tabelle darunter.`,
  runs: (count) => (count === 1 ? "1 Snapshot" : `${count.toLocaleString("de")} Snapshots`),
  emptyTitle: "Noch hat niemand etwas empfangen",
  emptyBody: "Wenn ein Empfänger einen Snapshot erstellt, erscheint er hier mit jedem Dataset.",
};

export const audit: typeof English.audit = {
  lead: "Jeder Eintrag ist signiert und mit dem vorigen verkettet, sodass nichts unbemerkt geändert oder weggelassen werden kann.",
  title: "Prüfprotokoll",
  records: (count) => (count === 1 ? "1 Eintrag" : `${count.toLocaleString("de")} Einträge`),
  verify: "Jetzt prüfen",
  verified: (count) => `${count} Einträge geprüft. Nichts fehlt, nichts wurde geändert.`,
  findings: (count) => (count === 1 ? "1 Befund" : `${count} Befunde`),
  emptyTitle: "Noch kein Eintrag",
  emptyBody: "Erstellen, Einladen, Annehmen, Empfangen und Entziehen hinterlassen hier je einen signierten Eintrag.",
  record: "Eintrag",
  log: "Protokoll",
  when: "Wann",
  what: "Was geschah",
};
