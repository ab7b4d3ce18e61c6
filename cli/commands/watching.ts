import type { Session } from '../session';

export interface WatchOptions {
  /** Seconds between looks; `true` for the usual two. */
  readonly watch?: number | true;
}

const clearScreen = '\u001b[H\u001b[2J';

/** Looks once; or again and again, until the user has had enough. Only what is new is put out where nobody looks. */
export async function watching(
  { around }: Session,
  { watch }: WatchOptions,
  look: () => Promise<string>,
): Promise<void> {
  let before: string | undefined;
  for (;;) {
    const text = await look();
    if (watch === undefined) return around.output(text);
    if (around.isTerminal.output) around.output(clearScreen + text);
    else if (text !== before) around.output(text);
    before = text;
    await around.sleep((watch === true ? 2 : watch) * 1000);
  }
}
