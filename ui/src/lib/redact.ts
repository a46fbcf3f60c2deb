/** Takes out of a text what nobody else may read, before it is copied: links that open something, signatures, keys. */
export function redact(text: string): string {
  return text
    .replace(/(datashare:\/\/invitation\/?#)[^\s"'<>]+/g, "$1…")
    .replace(/\b(sig|sv4sig|AccountKey|SharedAccessSignature|password|passphrase|token)=[^&;\s"'<>]+/gi, "$1=…");
}
