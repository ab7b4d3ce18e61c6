import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { ReportedNic } from '../../shared/contracts/agent/report';

/** Where Linux says what each network interface is. */
const kernelFolder = '/sys/class/net';

/** The network cards of this host, as they are now. */
export function ownCards(): ReportedNic[] {
  return cardsAmong(networkInterfaces(), kernelFolder);
}

/**
 * What has an address and is a piece of hardware, or several that stand for one: of what containers and tunnels make up, a machine that
 * is recovered elsewhere needs nothing. IPv6 is left out: what is kept of a card at the target is its IPv4 addresses.
 */
export function cardsAmong(interfaces: ReturnType<typeof networkInterfaces>, folder: string): ReportedNic[] {
  const isCard = (name: string): boolean =>
    ['device', 'bonding'].some((mark) => existsSync(join(folder, name, mark)));
  return Object.entries(interfaces).flatMap(([name, all = []]) => {
    const found = all.filter(({ family, internal }) => family === 'IPv4' && !internal);
    const [first] = found;
    if (first === undefined || !isCard(name)) return [];
    const addresses = found.map(({ address }) => address);
    return [{ nicId: first.mac, macAddress: first.mac, addresses }];
  });
}
