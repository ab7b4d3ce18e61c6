import { parentPort, workerData } from 'node:worker_threads';
import { assert, present } from '../../shared/assert';
import { placeOf } from '../capture/packed-writes';
import { SpoolCipher } from '../spool/spool-cipher';
import type { SealedLog, SealRequest } from './log-sealer';
import { PlainSealer } from './plain-sealer';

/** What a sealing thread is asked. */
export interface SealQuestion extends SealRequest {
  readonly id: number;
}

export type SealAnswer =
  /** The memory of the writes is given back. */
  | { readonly id: number; readonly sealed: SealedLog; readonly memory: readonly ArrayBuffer[] }
  | { readonly id: number; readonly message: string; readonly code: unknown };

const port = present(parentPort, 'the thread that asks');
const key: unknown = workerData;
assert(key instanceof Uint8Array, 'a sealing thread is given no key');
const sealer = new PlainSealer(new SpoolCipher(key));

port.on('message', (question: SealQuestion) => void answer(question));

async function answer({ id, ...request }: SealQuestion): Promise<void> {
  try {
    const { bytes, digest } = await sealer.seal(request);
    const { memory, start } = placeOf(bytes);
    const written = request.writes.memory;
    const sealed = { bytes: new Uint8Array(memory, start, bytes.byteLength), digest };
    port.postMessage({ id, sealed, memory: written } satisfies SealAnswer, [memory, ...written]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, message, code } satisfies SealAnswer);
  }
}
