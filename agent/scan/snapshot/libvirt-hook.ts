import { outputOf, type RunCommand } from '../../site/provider/run-command';
import { type SnapshotHook, snapshotName } from './snapshot-hook';

interface BlockDeviceLine {
  readonly target: string;
  readonly path: string;
}

/**
 * A running libvirt domain writes into overlays meanwhile, all begun at one moment; afterwards they are committed into
 * its disks, which are read where they are.
 */
export class LibvirtHook implements SnapshotHook {
  constructor(
    private readonly domain: string,
    private readonly run: RunCommand,
    private readonly remove: (path: string) => Promise<void>,
  ) {}

  async take(paths: readonly string[]): Promise<readonly string[]> {
    const devices = await this.#devices();
    const missing = paths.find((path) => !devices.some((device) => device.path === path));
    if (missing !== undefined) throw new Error(`${missing} is no disk of domain ${this.domain}`);
    const specs = devices.flatMap(({ target, path }) => {
      const how = paths.includes(path) ? `snapshot=external,file=${overlayOf(path)}` : 'snapshot=no';
      return ['--diskspec', `${target},${how}`];
    });
    const kind = ['--disk-only', '--atomic', '--no-metadata'];
    await this.#virsh(
      'snapshot-create-as',
      '--domain',
      this.domain,
      '--name',
      snapshotName,
      ...kind,
      ...specs,
    );
    return paths;
  }

  async release(paths: readonly string[]): Promise<void> {
    const overlays = new Set(paths.map(overlayOf));
    for (const { target, path } of await this.#devices()) {
      if (!overlays.has(path)) continue;
      await this.#virsh('blockcommit', this.domain, target, '--active', '--wait', '--pivot');
      await this.remove(path);
    }
  }

  async #devices(): Promise<BlockDeviceLine[]> {
    const table = await this.#virsh('domblklist', this.domain, '--details');
    return table.split('\n').flatMap((line) => {
      const [, device, target, path] = /^\s*\S+\s+(\S+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
      if (device !== 'disk' || target === undefined || path === undefined || path === '-') return [];
      return [{ target, path }];
    });
  }

  #virsh(...given: readonly string[]): Promise<string> {
    return outputOf(this.run, { program: 'virsh', arguments: given });
  }
}

function overlayOf(path: string): string {
  return `${path}.${snapshotName}`;
}
