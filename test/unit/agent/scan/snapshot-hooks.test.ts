import { openSnapshotHook } from '../../../../agent/scan/snapshot/open-snapshot-hook';
import { BtrfsHook } from '../../../../agent/scan/snapshot/btrfs-hook';
import { LibvirtHook } from '../../../../agent/scan/snapshot/libvirt-hook';
import { LvmHook } from '../../../../agent/scan/snapshot/lvm-hook';
import { ZfsHook } from '../../../../agent/scan/snapshot/zfs-hook';
import type { RunCommand } from '../../../../agent/site/provider/run-command';

/** Writes down the command lines, and answers the ones it knows. */
class Recorded {
  readonly lines: string[] = [];

  constructor(private readonly answers: Readonly<Record<string, string>> = {}) {}

  readonly run: RunCommand = ({ program, arguments: given }) => {
    const line = [program, ...given].join(' ');
    this.lines.push(line);
    return Promise.resolve({ exitCode: 0, output: this.answers[line] ?? '', errors: '' });
  };
}

describe('a snapshot to scan', () => {
  it('of a logical volume is one that nobody writes, and is removed again if it is there', async () => {
    const list = 'lvs --noheadings --options lv_name vg';
    const recorded = new Recorded({ [list]: '  data\n  data-lifeboat-scan\n' });
    const hook = new LvmHook(recorded.run);
    expect(await hook.take(['/dev/vg/data'])).toEqual(['/dev/vg/data-lifeboat-scan']);
    await hook.release(['/dev/vg/data']);
    expect(recorded.lines).toEqual([
      'lvcreate --snapshot --permission r --setactivationskip n --extents 20%ORIGIN --name data-lifeboat-scan vg/data',
      list,
      'lvremove --yes vg/data-lifeboat-scan',
    ]);
    const none = new Recorded({ [list]: '  data\n' });
    await new LvmHook(none.run).release(['/dev/vg/data']);
    expect(none.lines).toEqual([list]);
    await expect(hook.take(['/dev/vg/a', '/dev/vg/b'])).rejects.toThrow('one volume at a time');
    await expect(hook.take(['/srv/disk.img'])).rejects.toThrow('not a logical volume');
  });

  it('of ZFS is one for all volumes and file systems, made by one command', async () => {
    const snapshots = 'zfs list -H -t snapshot -o name';
    const recorded = new Recorded({
      'zfs list -H -o name,mountpoint /tank/vms/a': 'tank/vms\t/tank/vms\n',
      [`${snapshots} tank/vms`]: 'tank/vms@other\ntank/vms@lifeboat-scan\n',
    });
    const hook = new ZfsHook(recorded.run);
    const paths = ['/dev/zvol/tank/data', '/tank/vms/a/disk.img'];
    expect(await hook.take(paths)).toEqual([
      '/dev/zvol/tank/data@lifeboat-scan',
      '/tank/vms/.zfs/snapshot/lifeboat-scan/a/disk.img',
    ]);
    expect(recorded.lines.slice(1)).toEqual([
      'zfs set snapdev=visible tank/data',
      'zfs snapshot tank/data@lifeboat-scan tank/vms@lifeboat-scan',
    ]);
    await hook.release(paths);
    // The volume has none: only the file system's is destroyed.
    expect(recorded.lines.filter((line) => line.startsWith('zfs destroy'))).toEqual([
      'zfs destroy tank/vms@lifeboat-scan',
    ]);
  });

  it('of btrfs is read-only, beside the files', async () => {
    const recorded = new Recorded();
    let exists = false;
    const hook = new BtrfsHook('/srv/vms', recorded.run, () => exists);
    await hook.release();
    expect(await hook.take(['/srv/vms/a/disk.img'])).toEqual(['/srv/vms/.lifeboat-scan/a/disk.img']);
    exists = true;
    await hook.release();
    expect(recorded.lines).toEqual([
      'btrfs subvolume snapshot -r /srv/vms /srv/vms/.lifeboat-scan',
      'btrfs subvolume delete /srv/vms/.lifeboat-scan',
    ]);
    await expect(hook.take(['/srv/other.img'])).rejects.toThrow('does not lie in /srv/vms');
  });

  it('of a libvirt domain lets it write overlays, which are committed and removed afterwards', async () => {
    const heading = ' Type   Device   Target   Source\n---------------------------------\n';
    const list = 'virsh domblklist web --details';
    const removed: string[] = [];
    const remove = (path: string): Promise<void> => Promise.resolve(void removed.push(path));
    const before = new Recorded({
      [list]: `${heading} file   disk     vda      /vm/a b.img\n file   cdrom    sda      -\n file   disk     vdb      /vm/scratch.img\n`,
    });
    const hook = new LibvirtHook('web', before.run, remove);
    expect(await hook.take(['/vm/a b.img'])).toEqual(['/vm/a b.img']);
    expect(before.lines[1]).toBe(
      'virsh snapshot-create-as --domain web --name lifeboat-scan --disk-only --atomic --no-metadata ' +
        '--diskspec vda,snapshot=external,file=/vm/a b.img.lifeboat-scan --diskspec vdb,snapshot=no',
    );
    await hook.release(['/vm/a b.img']);
    expect(removed).toEqual([]);
    await expect(hook.take(['/vm/none.img'])).rejects.toThrow('no disk of domain web');

    const during = new Recorded({
      [list]: `${heading} file   disk     vda      /vm/a b.img.lifeboat-scan\n`,
    });
    await new LibvirtHook('web', during.run, remove).release(['/vm/a b.img']);
    expect(during.lines).toEqual([list, 'virsh blockcommit web vda --active --wait --pivot']);
    expect(removed).toEqual(['/vm/a b.img.lifeboat-scan']);
  });

  it('is asked for by a name, with what it is about, or by a script', () => {
    expect(openSnapshotHook('lvm')).toBeInstanceOf(LvmHook);
    expect(openSnapshotHook('zfs')).toBeInstanceOf(ZfsHook);
    expect(openSnapshotHook('btrfs:/srv/vms')).toBeInstanceOf(BtrfsHook);
    expect(openSnapshotHook('libvirt:web')).toBeInstanceOf(LibvirtHook);
    for (const wrong of ['btrfs', 'libvirt:', 'no/such/script', ''])
      expect(() => openSnapshotHook(wrong)).toThrow('no way to take a snapshot');
  });
});
