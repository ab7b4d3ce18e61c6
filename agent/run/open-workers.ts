import type { SiteAddress } from '../../shared/contracts/agent/site';
import type { SlabMemory } from '../capture/slab-memory';
import { serviceDigests } from '../copy/service-digests';
import { openDisk, openOthersDisk } from '../disk/open-disk';
import { ProtectedDisk } from '../replica/protected-disk';
import { digestOf, ScanDigests } from '../scan/scan-digests';
import type { ScannedDisk } from '../scan/scanner';
import type { ServiceClient } from '../service/service-client';
import { UploadPace } from '../ship/upload-pace';
import { SpoolCipher } from '../spool/spool-cipher';
import type { LogSealer } from '../stream/log-sealer';
import type { AgentDisk, StartAgentOptions } from '../start-agent';
import type { AgentState } from './agent-state';
import { readBootId } from './boot-id';
import { ReplicaWorker } from './replica-worker';

/** How logs are sealed and kept where the options do not say. */
export const usual = {
  sealIntervalInMs: 1000,
  // A log of up to 16 MiB is read once by the service, a larger one twice.
  sealAtBytes: 15 * 1024 * 1024,
  openLogLimitBytes: 192 * 1024 * 1024,
  spoolQuotaBytes: 16 * 1024 ** 3,
};

interface WorkerHooks {
  readonly sealer: LogSealer | undefined;
  readonly memory: SlabMemory;
  readonly onTold: () => void;
  readonly uploadLimit: () => number | undefined;
  readonly relay: () => SiteAddress | undefined;
}

/** Opens the disks, each with the worker that keeps its replica up, and what a scan knows of them. */
export async function openWorkers(
  options: StartAgentOptions,
  state: AgentState,
  service: ServiceClient,
  { sealer, memory, onTold, uploadLimit, relay }: WorkerHooks,
): Promise<{ readonly workers: ReplicaWorker[]; readonly scanned: readonly ScannedDisk[] }> {
  const { clock, log, certificateAuthority, machine } = options;
  const cipher = new SpoolCipher(state.spoolKey());
  const pace = new UploadPace(clock, uploadLimit);
  const measures = {
    sealIntervalInMs: options.sealIntervalInMs ?? usual.sealIntervalInMs,
    sealAtBytes: options.sealAtBytes ?? usual.sealAtBytes,
    openLogLimitBytes: usual.openLogLimitBytes,
    spoolQuotaBytes: options.spoolQuotaBytes ?? usual.spoolQuotaBytes,
  };
  const bootId = options.bootId ?? readBootId();
  const scanned: ScannedDisk[] = [];
  const open = async ({ path, diskId }: AgentDisk): Promise<ReplicaWorker> => {
    const digests = options.scan === undefined ? undefined : new ScanDigests(state.diskFolder(diskId));
    const disk = await ProtectedDisk.open({
      ...measures,
      disk: digests === undefined ? openDisk(path) : openOthersDisk(path),
      isScanned: digests !== undefined,
      onSealed: (log) => {
        digests?.keep(log);
        worker.shipSoon();
      },
      machineId: machine.machineId,
      diskId,
      folder: state.diskFolder(diskId),
      cipher,
      sealer,
      memory,
      bootId,
      clock,
      onSealDue: () => worker.sealSoon(),
    });
    if (digests !== undefined) scanned.push({ disk, path, digests });
    const worker: ReplicaWorker = new ReplicaWorker({
      ...measures,
      disk,
      service,
      pace,
      clock,
      log,
      certificateAuthority,
      relay,
      trust: options.siteTrust,
      telemetry: options.telemetry,
      digestsFor: (replicaId, epoch) => serviceDigests(service, replicaId, epoch),
      onCopied: (log, { block, bytes }) => digests?.note(log, block, digestOf(bytes)),
      onTold,
    });
    return worker;
  };
  const workers = await Promise.all(options.disks.map(open));
  return { workers, scanned };
}
