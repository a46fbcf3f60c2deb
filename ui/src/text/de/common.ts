import type * as English from "../en/common";

export const common: typeof English.common = {
  locale: "de",
  appName: "Datashare",
  cancel: "Abbrechen",
  close: "Schließen",
  back: "Zurück",
  next: "Weiter",
  save: "Speichern",
  remove: "Entfernen",
  edit: "Bearbeiten",
  copy: "Kopieren",
  copied: "Kopiert",
  copyDetails: "Details kopieren",
  applicationSays: "Meldung der Anwendung (englisch):",
  browse: "Durchsuchen",
  loading: "Wird geladen",
  optional: "optional",
  required: "Bitte ausfüllen.",
  none: "Keine",
  never: "Nie",
  notYet: "Noch nicht",
  noEnd: "Ohne Enddatum",
  unknown: "Noch nicht gezählt",
  show: "Anzeigen",
  hide: "Ausblenden",
  showFolder: "Im Dateimanager anzeigen",
  reload: "Neu laden",
  files: (count) => (count === 1 ? "1 Datei" : `${count.toLocaleString("de")} Dateien`),
  datasets: (count) => (count === 1 ? "1 Dataset" : `${count.toLocaleString("de")} Datasets`),
  recipients: (count) => (count === 1 ? "1 Empfänger" : `${count.toLocaleString("de")} Empfänger`),
  addresses: (count) => (count === 1 ? "1 Adresse" : `${count.toLocaleString("de")} Adressen`),
  range: (from, to) => `${from} bis ${to}`,
  actionsFor: (name) => `Aktionen für ${name}`,
  openWebPage: (address) => `${address} im Browser öffnen`,
  skipToContent: "Zum Inhalt springen",
  failedTitle: "Das hat nicht funktioniert",
  crashTitle: "Diese Seite funktioniert nicht mehr",
  crashBody: "Der Rest von Datashare läuft weiter: Laufende Snapshots sind nicht betroffen. Gehen Sie zur Startseite und versuchen Sie es erneut. Wenn es wieder passiert, kopieren Sie die Details für Ihren Support.",
  crashHome: "Zur Startseite",
  unopenedTitle: "Ihr Arbeitsbereich ließ sich nicht öffnen",
  unopenedBody: "Nichts wurde geändert oder gelöscht. Was nicht stimmt, steht unten; wenn Sie es behoben haben, starten Sie Datashare neu. Bleibt es dabei, speichern Sie den Bericht, senden Sie ihn an Ihren Support und löschen Sie das Datenverzeichnis nicht.",
  notFoundTitle: "Hier ist nichts",
  notFoundBody: "Die Seite wurde vielleicht entfernt, oder ihr Name hat sich geändert.",
  vaultBanner: "Ihre Geheimnisse sind gesperrt: Sie können sich umsehen, aber weder senden noch empfangen.",
  vaultBannerAction: "Entsperren",
  demoBanner: "Sie probieren Datashare mit Beispieldaten auf diesem Computer aus.",
  demoRemove: "Beispiel entfernen",
  demoRemoved: "Das Beispiel ist entfernt.",
  dropTitle: "Datei hier ablegen",
  dropBody: "Eine Einladung, die Ihnen jemand geschickt hat, ein Beleg, der geprüft werden soll, oder eine Genehmigung",
  dropUnreadable: "Diese Datei enthält keine Einladung. Legen Sie die .datashare-Datei aus der E-Mail ab.",
};

export const nav: typeof English.nav = {
  label: "Hauptnavigation",
  expand: "Namen der Seiten anzeigen",
  collapse: "Nur Symbole anzeigen",
  home: "Start",
  sent: "Gesendete Freigaben",
  received: "Empfangene Freigaben",
  invitations: "Einladungen",
  activity: "Aktivität",
  connections: "Verbindungen",
  settings: "Einstellungen",
};

export const kinds: typeof English.kinds = {
  dataset: { container: "Container", folder: "Ordner", file: "Datei" },
  share: { snapshot: "Snapshot", "in-place": "Vor Ort" },
  mode: { full: "Vollständig", incremental: "Inkrementell" },
  delivery: { direct: "Direkt gelesen", published: "Veröffentlicht" },
  deliveryHint: {
    direct: "Empfänger lesen direkt aus dem Speicher, mit einem eigenen Zugriff, den Sie beenden können.",
    published: "Empfänger erreichen diesen Speicher nicht. Datashare legt signierte Kopien am Treffpunkt ab. Veröffentlichen Sie erneut, wenn Sie etwas geändert haben.",
  },
  connection: { folder: "Ordner auf diesem Computer oder im Netzwerk", "azure-blob": "Azure-Blobspeicher" },
  credential: { none: "Nicht erforderlich", "account-key": "Kontoschlüssel", sas: "Shared Access Signature (SAS)", "connection-string": "Verbindungszeichenfolge" },
  acceptance: {
    automatic: "Automatisch, solange Datashare läuft",
    ask: "Jedes Mal nachfragen",
    "right-away": "Empfänger sofort beginnen lassen",
  },
  acceptanceHint: {
    automatic: "Ihr Datashare prüft die Annahme und gibt den Zugriff selbst. Der Empfänger wartet, bis dieser Computer eingeschaltet ist.",
    ask: "Nichts wird gegeben, bevor Sie den Sicherheitscode mit dem Empfänger verglichen und zugestimmt haben.",
    "right-away": "Der Zugriff steckt in der Einladung, dieser Computer darf also ausgeschaltet sein. Wer den Link hat, kann annehmen und die Daten lesen. Dass zuerst die Bedingungen angenommen werden, stellt dann die Anwendung sicher, nicht die Verschlüsselung. Das Prüfprotokoll vermerkt es.",
  },
  vault: {
    keyring: "Im Schlüsselbund dieses Computers",
    file: "In einer Datei mit Passphrase",
    session: "Nur bis Datashare geschlossen wird",
  },
};

export const statuses: typeof English.statuses = {
  snapshot: {
    Queued: "In Warteschlange", Planning: "Wird geplant", Running: "Läuft", Pausing: "Wird angehalten", Paused: "Angehalten", Cancelling: "Wird abgebrochen",
    Cancelled: "Abgebrochen", Succeeded: "Erfolgreich", PartlySucceeded: "Teilweise erfolgreich", Failed: "Fehlgeschlagen", NeedsAttention: "Wartet auf Sie",
  },
  invitation: {
    Pending: "Offen", WaitingForProvider: "Wartet auf Sie", Accepted: "Angenommen", Rejected: "Abgelehnt", Withdrawn: "Zurückgezogen", Expired: "Abgelaufen", Refused: "Nicht zugelassen",
  },
  subscription: {
    WaitingForProvider: "Wartet", Active: "Aktiv", Revoking: "Wird entzogen", Revoked: "Entzogen", SourceDeleted: "Freigabe gelöscht", Expired: "Abgelaufen", Refused: "Nicht zugelassen", Left: "Verlassen",
  },
  mapping: { Ok: "Bereit", Unmapped: "Noch kein Ziel", Broken: "Problem mit dem Ziel" },
};

export const palette: typeof English.palette = {
  open: "Suchen",
  label: "Alles durchsuchen",
  placeholder: "Freigaben, Personen, Aktionen und Einstellungen suchen",
  nothing: "Nichts mit diesem Namen.",
  actions: "Aktion",
  pages: "Seite",
  shares: "Gesendete Freigabe",
  recipients: "Empfänger",
  received: "Empfangene Freigabe",
  connections: "Verbindung",
  settings: "Einstellung",
};

export const shortcuts: typeof English.shortcuts = {
  title: "Tastenkombinationen",
  control: "Strg",
  more: "Tab geht weiter, Umschalt+Tab zurück, Eingabe und Leertaste drücken, die Pfeiltasten wählen in Registern, Menüs und Listen, Esc schließt.",
  names: {
    palette: "Alles durchsuchen",
    keys: "Diese Liste anzeigen",
    newShare: "Neue Freigabe",
    openInvitation: "Einladung öffnen",
    back: "Zurück",
    home: "Start",
    sent: "Gesendete Freigaben",
    received: "Empfangene Freigaben",
    invitations: "Einladungen",
    activity: "Aktivität",
    connections: "Verbindungen",
    settings: "Einstellungen",
    larger: "Größerer Text",
    smaller: "Kleinerer Text",
    normal: "Normaler Text",
  },
};

export const exports: typeof English.exports = {
  action: "Exportieren",
  csv: "Für eine Tabelle (CSV)",
  json: "Für ein Programm (JSON)",
  saved: (path) => `Gespeichert als ${path}`,
};

export const tray: typeof English.tray = {
  idle: "Nichts läuft",
  running: (count, percent) => (count === 1 ? `1 Snapshot läuft: ${percent} %` : `${count} Snapshots laufen: ${percent} %`),
  open: "Datashare öffnen",
  quit: "Datashare beenden",
};
