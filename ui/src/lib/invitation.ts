/** What an invitation looks like as text: a link, a `.datashare` file's content, or the bare ticket. */

const LINK = /datashare:\/\/invitation[/]?#([^\s"'<>]+)/;

/** Takes the invitation out of a pasted mail or file text; the trimmed text itself when no link is in it. */
export function invitationIn(text: string): string {
  return LINK.exec(text)?.[0] ?? text.trim();
}

export function looksLikeInvitation(text: string): boolean {
  return LINK.test(text);
}

/** A file name that every system takes. */
export function invitationFileName(share: string, email: string): string {
  const safe = (value: string) => value.replace(/[\\/:*?"<>|\s]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60);
  return `${safe(share) || "invitation"}-${safe(email.split("@")[0] ?? "") || "recipient"}.datashare`;
}

/** `mailto:` with everything in it encoded as mail programs expect. */
export function mailtoUrl(email: string, subject: string, text: string): string {
  return `mailto:${encodeURIComponent(email)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text.replace(/\r?\n/g, "\r\n"))}`;
}
