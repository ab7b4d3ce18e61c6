import { z } from 'zod';
import type { Clock } from '../../shared/ports/clock';
import { serviceDigests } from '../copy/service-digests';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { TaskHandler } from '../run/tasks';
import type { ServiceClient } from '../service/service-client';
import { bringOver, type BroughtOver } from './bring-over';
import { grantedContent } from './replica-content';

const Parameters = z.object({
  machineId: z.string(),
  disks: z
    .array(
      z.object({
        diskId: z.string(),
        replicaId: z.uuid(),
        epoch: z.int().min(1),
        sizeBytes: z.int().positive(),
        /** The replica's content, with the right to read it. */
        url: z.url(),
      }),
    )
    .min(1),
});

export interface OpenRecoveryPoint {
  readonly disks: readonly ProtectedDisk[];
  readonly service: ServiceClient;
  readonly clock: Clock;
  readonly certificateAuthority?: string | undefined;
}

/** The task that brings a machine's disks to what its replicas hold, the old content reused: the way back home. */
export function openRecoveryPoint(options: OpenRecoveryPoint): TaskHandler {
  const { service, clock, certificateAuthority } = options;
  return async (parameters, _taskId, signal) => {
    const { machineId, disks } = Parameters.parse(parameters);
    const pairs = disks.map((wanted) => [wanted, diskFor(options.disks, machineId, wanted)] as const);
    const outcomes: ({ diskId: string } & BroughtOver)[] = [];
    // One after the other: they share the line, and often the device.
    for (const [{ diskId, replicaId, epoch, sizeBytes, url }, protectedDisk] of pairs) {
      const digests = serviceDigests(service, replicaId, epoch);
      const content = grantedContent(url, certificateAuthority);
      const brought = await protectedDisk.whileRewritten((disk) =>
        bringOver({ disk, sizeBytes, digests, content, clock, signal }),
      );
      outcomes.push({ diskId, ...brought });
    }
    return { disks: outcomes };
  };
}

function diskFor(
  disks: readonly ProtectedDisk[],
  machineId: string,
  { diskId, sizeBytes }: { readonly diskId: string; readonly sizeBytes: number },
): ProtectedDisk {
  const disk = disks.find((each) => each.machineId === machineId && each.diskId === diskId);
  if (disk === undefined) throw new Error(`this agent has no disk ${diskId} of the machine ${machineId}`);
  if (disk.sizeBytes >= sizeBytes) return disk;
  throw new Error(
    `disk ${diskId} has ${disk.sizeBytes} bytes, its replica ${sizeBytes}: make it larger, restart the agent and try again`,
  );
}
