/**
 * Runs `work` so that every caller gets a run that began after its call, with at most one running and one waiting:
 * callers who come while one runs share the next.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  const begin = (): Promise<void> => {
    const run = work().finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  };
  const next = async (before: Promise<void>): Promise<void> => {
    await before.catch(() => undefined);
    waiting = undefined;
    await begin();
  };
  return () => {
    if (running === undefined) return begin();
    waiting ??= next(running);
    return waiting;
  };
}
