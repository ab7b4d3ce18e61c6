import type { DesiredState, DesiredTask } from '../shared/contracts/agent/desired';
import type { AgentRole } from '../shared/contracts/agent/identity';
import type { ReplicaReport, ReportedMachine, StatusAnswer } from '../shared/contracts/agent/report';
import type { SiteAddress } from '../shared/contracts/agent/site';
import type { Clock } from '../shared/ports/clock';
import type { Ids } from '../shared/ports/ids';
import type { Log } from '../shared/ports/log';
import type { Telemetry } from '../shared/ports/telemetry';
import { type NbdServer, startNbdServer } from './nbd/server';
import type { ProtectedDisk } from './replica/protected-disk';
import { AgentLoop, type AgentLoopOptions } from './run/agent';
import { AgentState } from './run/agent-state';
import { blockBytes } from './capture/dirty-bitmap';
import type { DiskCapture } from './capture/disk-capture';
import { registerOnce } from './run/register-once';
import { type AgentStatus, StatusFile } from './run/status-file';
import { statusMarkers } from './run/status-markers';
import { SlabMemory } from './capture/slab-memory';
import { openWorkers } from './run/open-workers';
import type { ReplicaWorker } from './run/replica-worker';
import { openScanner } from './scan/open-scanner';
import type { Scanner, ScannerOptions } from './scan/scanner';
import type { TaskHandler } from './run/tasks';
import { ServiceClient } from './service/service-client';
import { describeAll, handlersOf, playRoles } from './site/play-roles';
import type { SiteRole } from './site/site-role';
import type { SiteTrust } from './site/site-trust';
import { SealingThread } from './stream/sealing-thread';
import { claimFolder } from './system/claim-folder';

export const agentVersion = '0.1.0';

export interface AgentDisk {
  readonly path: string;
  readonly diskId: string;
  /** The NBD export's name; nobody asks for a disk that is scanned. */
  readonly exportName: string;
  readonly isBootDisk: boolean;
}

export interface StartAgentOptions {
  readonly url: string;
  /** Where key, bitmaps and spool are kept. */
  readonly stateFolder: string;
  /** Needed once, to register. */
  readonly token?: string | undefined;
  readonly machine: Omit<ReportedMachine, 'disks'>;
  readonly disks: readonly AgentDisk[];
  readonly listen: { readonly path: string } | { readonly port: number };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly telemetry?: Telemetry | undefined;
  readonly roles?: readonly AgentRole[];
  readonly certificateAuthority?: string | undefined;
  /** Others write the disks: they are read again and again instead of being served. */
  readonly scan?: Pick<ScannerOptions, 'everyInMs' | 'hook' | 'standsStill'> | undefined;
  readonly sealIntervalInMs?: number;
  readonly sealAtBytes?: number;
  readonly spoolQuotaBytes?: number;
  /** What recovery plans may run lies here; without it, nothing may be run. */
  readonly scriptsFolder?: string | undefined;
  readonly freezeScript?: { readonly path: string; readonly timeoutInMs: number } | undefined;
  /** The process server of its site, unless the service names one. */
  readonly processServer?: SiteAddress | undefined;
  /** What the agent shows to the servers of its site, and knows them by. */
  readonly siteTrust?: SiteTrust | undefined;
  /** Where this agent listens when it coordinates a group, if not at the address its members are told. */
  readonly groupListenAddress?: string | undefined;
  readonly taskHandlers?: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  /** What it does for its site besides. */
  readonly siteRoles?: readonly SiteRole[];
  /** Disks and state folder lie where other hosts see them too: once it was stopped here, it may be started there and goes on. */
  readonly isMovable?: boolean | undefined;
  /** Which boot of a host it runs in, if not what the system says. */
  readonly bootId?: string | undefined;
  /** Logs are sealed in a thread of their own, which is a file of the built agent. */
  readonly sealsApart?: boolean | undefined;
  /** Called with how the disks stand, as often as the service is told. */
  readonly onStatus?: ((replicas: AgentStatus['replicas']) => void) | undefined;
}

export interface Agent {
  readonly agentId: string;
  readonly nbd: NbdServer['address'];
  readonly loop: AgentLoop;
  readonly disks: readonly ProtectedDisk[];
  /** Seals nothing more, answers what was asked, and lets go of the disks. */
  stop(): Promise<void>;
}

/** Registers if need be, opens the disks, serves them, and follows what the service wants. */
export async function startAgent(options: StartAgentOptions): Promise<Agent> {
  const { clock, ids, log, certificateAuthority } = options;
  const state = new AgentState(options.stateFolder);
  const claim = await claimFolder(options.stateFolder);
  const siteRoles = options.siteRoles ?? [];
  const roles = options.roles ?? ['mobility', ...siteRoles.map(({ role }) => role)];
  const { name, machineId: hostId } = options.machine;
  const agentId = await registerOnce(state, { ...options, name, hostId, version: agentVersion, roles });
  const service = new ServiceClient({
    ...{ url: new URL(options.url), key: state.key(), agentId, clock, ids, certificateAuthority },
    traceparent: () => options.telemetry?.traceparent(),
  });
  const memory = new SlabMemory();
  const sealer = options.sealsApart === true ? new SealingThread(state.spoolKey(), memory) : undefined;
  const { workers, scanned } = await openWorkers(options, state, service, {
    ...{ sealer, memory },
    onTold: () => loop.tell(),
    uploadLimit: () => loop.wish?.uploadLimit,
    relay: () => loop.wish?.processServer ?? options.processServer,
  });
  const statusFile = new StatusFile(options.stateFolder, clock, log);
  const scanner = openScanner(options, service, scanned);
  const loop: AgentLoop = new AgentLoop({
    service,
    scanner,
    ...{ workers, clock, ids, log, version: agentVersion, roles },
    machines: () => Promise.resolve([reportedMachine(options, workers)]),
    taskHandlers: { ...handlersOf(siteRoles), ...options.taskHandlers },
    site: () => describeAll(siteRoles, hostId),
    freezeScript: options.freezeScript,
    scriptsFolder: options.scriptsFolder,
    onReport: (answer, replicas) => {
      const status = statusOf(workers, scanner, { answer, replicas, wish: loop.wish });
      options.onStatus?.(status.replicas);
      return statusFile.leave(status);
    },
    group: groupSettings(options, state, agentId),
  });
  const nbd = await startNbdServer({ exports: exportsOf(options, workers), listen: options.listen });
  const stopping = new AbortController();
  const running = playRoles({ roles: siteRoles, loop, service }, stopping.signal);
  return {
    agentId,
    nbd: nbd.address,
    loop,
    disks: workers.map((worker) => worker.disk),
    stop: async () => {
      stopping.abort();
      await Promise.all([running, nbd.close(), scanner?.stop()]);
      scanner?.close();
      for (const role of siteRoles) await role.close();
      for (const { disk } of workers) {
        if (options.isMovable === true) await disk.handOver();
        disk.close();
      }
      await sealer?.close();
      claim.release();
    },
  };
}

/** What guests may ask for by name. Disks that others write are not served. */
function exportsOf(
  { scan, disks }: StartAgentOptions,
  workers: readonly ReplicaWorker[],
): Map<string, DiskCapture> {
  const devices = disks.map(({ exportName }, index) => [exportName, workers[index]?.disk.capture] as const);
  return new Map(
    devices.flatMap(([name, device]) =>
      device === undefined || scan !== undefined ? [] : [[name, device] as const],
    ),
  );
}

interface Told {
  readonly answer: StatusAnswer;
  readonly replicas: readonly ReplicaReport[];
  readonly wish: DesiredState | undefined;
}

/** How the disks stand, and what is wanted of them, for people to read. */
function statusOf(
  workers: readonly ReplicaWorker[],
  scanner: Scanner | undefined,
  { answer, replicas, wish }: Told,
): Pick<AgentStatus, 'replicas' | 'markers'> {
  const disks = replicas.map((report) => {
    const disk = workers.find((worker) => worker.disk.wish?.replicaId === report.replicaId)?.disk;
    const told = answer.replicas.find(({ replicaId }) => replicaId === report.replicaId);
    return {
      ...{ diskId: disk?.diskId ?? report.replicaId, report },
      durableSequence: told?.durable.epoch === report.epoch ? told.durable.sequence : 0,
      pendingBytes: (disk?.pending.count ?? 0) * blockBytes,
      scan: disk === undefined ? undefined : scanner?.lastOf(disk),
    };
  });
  return { replicas: disks, markers: statusMarkers(wish, scanner?.everyInMs) };
}

/** How long guests may be held for a marker of several agents. */
const groupHoldLimitInMs = 2_000;
const groupPrepareLimitInMs = 10_000;

function groupSettings(
  { freezeScript, groupListenAddress }: StartAgentOptions,
  state: AgentState,
  agentId: string,
): AgentLoopOptions['group'] {
  return {
    agentId,
    key: state.key(),
    listenAddress: groupListenAddress,
    prepareLimitInMs: groupPrepareLimitInMs + (freezeScript?.timeoutInMs ?? 0),
    holdLimitInMs: groupHoldLimitInMs,
  };
}

function reportedMachine(
  { machine, disks }: StartAgentOptions,
  workers: readonly ReplicaWorker[],
): ReportedMachine {
  return {
    ...machine,
    disks: disks.map(({ diskId, isBootDisk }, index) => {
      return { diskId, name: diskId, isBootDisk, sizeBytes: workers[index]?.disk.sizeBytes ?? 0 };
    }),
  };
}
