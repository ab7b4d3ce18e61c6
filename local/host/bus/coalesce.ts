/**
 * Many callers, few runs: one running and one waiting. A caller is answered by a run that began after it called, so
 * whatever it did before is covered.
 */
export function coalesce(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const start = (): Promise<void> => {
    const started = run().finally(() => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  };
  const startNext = (): Promise<void> => {
    waiting = undefined;
    return start();
  };
  return () => {
    if (waiting !== undefined) return waiting;
    if (running === undefined) return start();
    waiting = running.then(startNext, startNext);
    return waiting;
  };
}
