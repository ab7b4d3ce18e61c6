import tls from 'node:tls';

const trusted: string[] = [];

/**
 * Makes every TLS client of this process trust one more authority. Processes get `NODE_EXTRA_CA_CERTS`; a test that
 * already runs cannot, and the SDKs make agents of their own: the one place that all of them pass is the secure context.
 */
export function trust(authority: string): void {
  if (trusted.length === 0) {
    const create = tls.createSecureContext.bind(tls);
    tls.createSecureContext = (options) => create({ ...options, ca: options?.ca ?? trusted });
  }
  trusted.push(authority);
}
