import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import { MachineFolder, reported } from '../provider/machine-folder';
import type { RunCommand } from '../provider/run-command';
import { discoverLibvirt } from './libvirt';
import { discoverVCenter } from './vcenter';

export interface DiscoverFrom {
  readonly run: RunCommand;
  /** Who reads a vCenter's list of machines. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly certificateAuthority?: string | undefined;
}

/** Where machines are found: `libvirt:` and a connection, `vcenter:` and its address, or `folder:` and one of machine files. */
export function discoverFrom(
  place: string,
  options: DiscoverFrom,
): () => Promise<readonly ReportedMachine[]> {
  const [kind, where = ''] = split(place);
  const { run, user = '', password = '', certificateAuthority } = options;
  switch (kind) {
    case 'libvirt':
      return () => discoverLibvirt(run, where);
    case 'vcenter':
      return () => discoverVCenter({ url: where, user, password, certificateAuthority });
    case 'folder':
      return async () => (await new MachineFolder(where).all()).map(reported);
    default:
      throw new Error(`machines are discovered from libvirt:, vcenter: or folder:, not from ${place}`);
  }
}

/** At the first colon: what follows may be an address. */
function split(place: string): [string, string?] {
  const at = place.indexOf(':');
  return at < 0 ? [place] : [place.slice(0, at), place.slice(at + 1)];
}
