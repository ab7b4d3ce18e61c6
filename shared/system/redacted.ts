/**
 * What must never stand in a log, whoever wrote the sentence: signatures of grants, bearer and registration tokens, account keys, private
 * keys, and the values of properties that are named like secrets. Quotes may be escaped, because a line of JSON can quote
 * another.
 */
const secrets: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
  [/\bBearer\s+[^\s"'\\,;]{16,}/gi, 'Bearer ***'],
  [/(?<![a-z])(sig|client_secret|access_token|client_assertion)(=|%3D)[^&\s"'\\;<]+/gi, '$1$2***'],
  [/\b(AccountKey|SharedAccessKey|SharedAccessSignature)=[^;\s"'\\]+/gi, '$1=***'],
  [
    /(\\*["'](?:\w*secret|\w*password|token|access_?token|authorization|private_?key|account_?key)\\*["']\s*:\s*\\*["'])[^"'\\]+/gi,
    '$1***',
  ],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '***'],
  [/\blb1\.[\w-]{16,}/g, '***'],
];

/** The text without its secrets. Every log passes its lines through here. */
export function redacted(text: string): string {
  return secrets.reduce((cleaned, [pattern, replacement]) => cleaned.replace(pattern, replacement), text);
}
