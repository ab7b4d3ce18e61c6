/** What secrets look like, whoever writes them: grants, tokens, account keys, private keys. Cleaned ones (`***`) are fine. */
const shapes: readonly RegExp[] = [
  /(?<![a-z])sig(=|%3D)(?!\*\*\*)[^\s&"']/i,
  /\beyJ[\w-]{12,}/,
  /\bBearer ey/i,
  /\blb1\.[\w-]{16,}/,
  /\b(AccountKey|SharedAccessKey)=(?!\*\*\*)[^\s;]/i,
  // Keys of storage accounts: 64 bytes in base64.
  /(?<![\w+/])[\w+/]{86}==(?![\w+/=])/,
  /PRIVATE KEY-----/,
  // An agent's key without its frame: how every Ed25519 key in PKCS 8 begins.
  /\bMC4CAQAwBQYDK2Vw/,
];

export function looksLikeSecret(line: string): boolean {
  return shapes.some((shape) => shape.test(line));
}
