import { parseLogBlobName } from '../../../shared/model/log-name';
import type { SiteAddress } from '../../../shared/contracts/agent/site';
import type { LogName } from '../../../shared/ports/log-cache';
import type { SiteTrust } from '../site-trust';

const shape = /^\/logs\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/([1-9]\d{0,4})\/([^/]+)$/;

/** Where a server of the site takes the logs of one epoch: as below a storage container, the name of a log follows. */
export function epochUrl({ host, port }: SiteAddress, replicaId: string, epoch: number): string {
  return `https://${host}:${port}/logs/${replicaId}/${epoch}`;
}

/** Whom to trust at an address: the site's own servers by the site's certificates, all others by the usual authorities. */
export function reachOf(
  url: string,
  { trust, certificateAuthority }: Reach,
): { readonly trust?: SiteTrust } | { readonly certificateAuthority: string | undefined } {
  if (!new URL(url).pathname.startsWith('/logs/')) return { certificateAuthority };
  if (trust === undefined) throw new Error('a server of the site needs the certificates of the site');
  return { trust };
}

interface Reach {
  readonly trust: SiteTrust | undefined;
  readonly certificateAuthority: string | undefined;
}

/** The log that a path names, if it names one. */
export function parseLogPath(path: string): LogName | undefined {
  const [, replicaId, epoch, name = ''] = shape.exec(path) ?? [];
  const log = parseLogBlobName(name);
  if (replicaId === undefined || log === undefined) return undefined;
  return { replicaId, epoch: Number(epoch), ...log };
}
