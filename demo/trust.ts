import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/**
 * Makes this process trust the local cloud's authority. Other programs set NODE_EXTRA_CA_CERTS; the demo starts the
 * cloud itself, and the SDKs make connections of their own: the one place that all of them pass is the secure context.
 */
export function trust(authorityFile: string): void {
  const authority = readFileSync(authorityFile, 'utf8');
  const create = tls.createSecureContext.bind(tls);
  tls.createSecureContext = (options) => create({ ...options, ca: options?.ca ?? authority });
}
