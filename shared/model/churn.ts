/** What a disk's guests write, as far as it was told. */
export interface ToldChurn {
  readonly saidAtMs: number;
  /** Undefined until it was told twice: what the first telling covers is not known. */
  readonly churnBytesPerSecond?: number | undefined;
}

/** After this long without a word more, a rate counts half. */
const halfLifeInMs = 5 * 60_000;

/** The rate at which guests write, where recent minutes count more than earlier ones. */
export function churnAfter(before: ToldChurn | null, bytes: number, nowInMs: number): number | undefined {
  if (before === null) return undefined;
  const elapsedInMs = nowInMs - before.saidAtMs;
  if (elapsedInMs <= 0) return before.churnBytesPerSecond;
  const bytesPerSecond = (bytes / elapsedInMs) * 1000;
  const known = before.churnBytesPerSecond ?? bytesPerSecond;
  const share = 0.5 ** (elapsedInMs / halfLifeInMs);
  return Math.round(known * share + bytesPerSecond * (1 - share));
}
