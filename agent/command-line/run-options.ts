import { hostname } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SiteAddress } from '../../shared/contracts/agent/site';
import { groupPort } from '../../shared/contracts/agent/report';
import { usual } from '../run/open-workers';
import type { ReplicaFormat } from '../site/master-target/replica-store';
import type { AgentDisk } from '../start-agent';

/** Where agents listen unless they are told otherwise. */
export const usualPorts = {
  nbd: 10_809,
  processServer: 9443,
  masterTarget: 9444,
  groupCoordinator: groupPort,
} as const;

export const roleNames = ['mobility', 'process-server', 'master-target', 'provider'] as const;
export type RoleName = (typeof roleNames)[number];

export interface RunOptions {
  readonly role?: readonly RoleName[];
  readonly url: string;
  readonly token?: string;
  readonly disk?: readonly AgentDisk[];
  readonly scan?: readonly AgentDisk[];
  readonly every: number;
  readonly snapshotHook?: string;
  readonly standsStill?: boolean;
  readonly state: string;
  readonly movable?: boolean;
  readonly listen: string;
  readonly name: string;
  readonly machineId: string;
  readonly physical?: boolean;
  readonly ca?: string;
  readonly sealInterval: number;
  readonly sealAt: number;
  readonly spoolQuota: number;
  readonly freezeScript?: string;
  readonly freezeTimeout: number;
  readonly groupListen?: string;
  readonly groupAnnounce?: SiteAddress;
  readonly scripts?: string;
  readonly telemetry?: string;
  readonly processServer?: SiteAddress;
  readonly siteAuthority?: string;
  readonly siteCertificate?: string;
  readonly siteKey?: string;
  readonly relayListen: SiteAddress;
  readonly targetListen: SiteAddress;
  readonly advertise?: string;
  readonly replicas: string;
  readonly replicaFormat: ReplicaFormat;
  readonly hypervisor?: string;
  readonly bootWords?: string;
  readonly discover?: string;
  readonly discoverUser?: string;
  readonly discoverPassword?: string;
}

export function addRunOptions(command: Command): Command {
  addDiskOptions(command);
  return addSiteOptions(command);
}

function addDiskOptions(command: Command): void {
  command
    .option('--role <role>', `one of ${roleNames.join(', ')}; may be given several times`, role)
    .requiredOption('--url <url>', 'the service', serviceUrl)
    .option('--token <token>', 'registration token, needed once')
    .option('--disk <path[:export]>', 'a disk to protect; may be given several times', disk)
    .option('--scan <path[:name]>', 'a disk that others write; may be given several times', disk)
    .option('--every <time>', 'how often such disks are read, as 30s, 5m or 1h', duration, 5 * 60_000)
    .option('--snapshot-hook <how>', 'lvm, zfs, btrfs:<subvolume>, libvirt:<domain> or a script')
    .option('--stands-still', 'nobody writes the scanned disks while they are read')
    .option('--state <folder>', 'where key, bitmaps and spool are kept', '/var/lib/lifeboat-agent')
    .option('--movable', 'disks and state lie where other hosts of the machine see them too')
    .option('--listen <port|path>', 'NBD on a port of 127.0.0.1, or a unix socket', String(usualPorts.nbd))
    .option('--name <name>', 'the machine as people know it', hostname())
    .option('--machine-id <id>', 'the machine as its platform knows it', hostname())
    .option('--physical', 'no hypervisor holds the machine: it is the server that the agent runs on')
    .option('--ca <file>', 'a certificate authority to trust, PEM')
    .option(
      '--seal-interval <ms>',
      'how often writes are sealed into a change log',
      wholeNumber,
      usual.sealIntervalInMs,
    )
    .option('--seal-at <bytes>', 'how large a change log may grow before that', logSize, usual.sealAtBytes)
    .option('--spool-quota <bytes>', 'how much may wait on this disk', wholeNumber, usual.spoolQuotaBytes)
    .option('--freeze-script <path>', 'called with freeze and thaw around application-consistent points')
    .option('--freeze-timeout <ms>', 'how long the script may take', wholeNumber, 60_000)
    .option(
      '--group-announce <host:port>',
      'where the others of a group reach this machine, if not at the first address of its first card',
      calledAddress,
    )
    .option('--group-listen <address>', 'where to listen as the coordinator of a group, if not there')
    .option('--scripts <folder>', 'what recovery plans may run on this machine')
    .addOption(
      new Option('--telemetry <url>', 'an OpenTelemetry collector that traces and logs go to').env(
        'OTEL_EXPORTER_OTLP_ENDPOINT',
      ),
    );
}

function addSiteOptions(command: Command): Command {
  return command
    .option('--process-server <host:port>', 'send through this one, unless the service names one', address)
    .option('--site-authority <file>', 'who vouches for the agents of the site, PEM')
    .option('--site-certificate <file>', 'what this agent shows to the others of the site, PEM')
    .option('--site-key <file>', 'the key of that certificate, PEM')
    .option(
      '--relay-listen <host:port>',
      'a process server listens here',
      address,
      at(usualPorts.processServer),
    )
    .option(
      '--target-listen <host:port>',
      'a master target listens here',
      address,
      at(usualPorts.masterTarget),
    )
    .option('--advertise <host>', 'what others of the site call this host')
    .option('--replicas <folder>', 'where a master target keeps replicas', '/var/lib/lifeboat-agent/replicas')
    .option('--replica-format <raw|vhd>', 'what it keeps them as', replicaFormat, 'raw')
    .option('--hypervisor <kind>', 'what runs machines: hyper-v, qemu:<folder>, paper:<folder>')
    .option('--boot-words <text>', 'what a guest says on its console once it is up')
    .option('--discover <from>', 'other machines: libvirt:<connection>, vcenter:<url>, folder:<folder>')
    .option('--discover-user <name>', 'who reads the list of a vCenter')
    .option('--discover-password <file>', "that user's password");
}

export function serviceUrl(text: string): string {
  if (URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an address, as https://lifeboat.example.');
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** What is copied comes a mebibyte at a time; beyond the open log's limit a guest's writes are only marked. */
function logSize(text: string): number {
  const sizeBytes = wholeNumber(text);
  if (sizeBytes >= smallestLogBytes && sizeBytes <= usual.openLogLimitBytes) return sizeBytes;
  throw new InvalidArgumentError(`It must be from ${smallestLogBytes} to ${usual.openLogLimitBytes}.`);
}

const smallestLogBytes = 1024 * 1024;

function duration(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d*)([smh])$/.exec(text) ?? [];
  const unitInMs = new Map([
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
  ]).get(unit);
  if (unitInMs === undefined) throw new InvalidArgumentError('It must be a time, as 30s, 5m or 1h.');
  return Number(count) * unitInMs;
}

/** `path`, or `path:export`. The first disk is the one the machine boots from. */
function disk(text: string, before: readonly AgentDisk[] = []): AgentDisk[] {
  const [path = '', name = ''] = text.split(':');
  const exportName = name === '' ? `disk${before.length}` : name;
  if (path === '') throw new InvalidArgumentError('A disk is path or path:export.');
  return [...before, { path, diskId: exportName, exportName, isBootDisk: before.length === 0 }];
}

function role(text: string, before: readonly RoleName[] = []): RoleName[] {
  const found = roleNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`A role is one of ${roleNames.join(', ')}.`);
  return [...before, found];
}

function replicaFormat(text: string): ReplicaFormat {
  if (text !== 'raw' && text !== 'vhd') throw new InvalidArgumentError('It must be raw or vhd.');
  return text;
}

function address(text: string): SiteAddress {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError('It must be host:port.');
  return { host, port: Number(port) };
}

function calledAddress(text: string): SiteAddress {
  const called = address(text);
  if (called.port === 0) throw new InvalidArgumentError('Nobody can call port 0.');
  return called;
}

function at(port: number): SiteAddress {
  return { host: '127.0.0.1', port };
}
