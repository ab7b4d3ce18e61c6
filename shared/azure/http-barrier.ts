import { LifeboatError } from '../errors';
import type { Barrier } from '../ports/barrier';

const timeoutInMs = 30_000;

/** Asks storage at this address to save. Without an address (in Azure) what storage acknowledged is durable already. */
export function httpBarrier(url: string | undefined): Barrier {
  return { pass: () => (url === undefined ? Promise.resolve() : save(url)) };
}

async function save(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(timeoutInMs) }).catch(
    (error: unknown) => {
      throw unsaved('it did not answer', error);
    },
  );
  const said = await response.text().catch(() => '');
  if (response.status !== 200) throw unsaved(`it answered ${response.status} ${said}`.trim());
}

function unsaved(why: string, cause?: unknown): LifeboatError {
  const message = `Storage was asked to save and did not promise it: ${why}`;
  return new LifeboatError('InternalError', message, { cause, target: 'BARRIER_URL' });
}
