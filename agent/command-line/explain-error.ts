import { messageOf } from '../system/message-of';

const untrusted = new Set<unknown>([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What ended the agent, and what helps where that is known. */
export function explainError(error: unknown): string {
  const message = messageOf(error);
  const isUntrusted = error instanceof Error && 'code' in error && untrusted.has(error.code);
  return isUntrusted ? `${message}: name the authority of the service's certificate with --ca` : message;
}
