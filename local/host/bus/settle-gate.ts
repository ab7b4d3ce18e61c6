import { coalesce } from './coalesce';

/** Asked before a message is completed. Rejects when the message must not be completed. */
export type SettleGate = () => Promise<void>;

export const openGate: SettleGate = () => Promise.resolve();

const answerTimeoutInMs = 30_000;

/** POSTs to this address and wants a 2xx: whoever keeps the data has made it durable. */
export function httpGate(url: string): SettleGate {
  return coalesce(async () => {
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(answerTimeoutInMs) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  });
}
