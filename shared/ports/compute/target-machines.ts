import type { OwnerFilter } from '../../contracts/compute/owner';
import type {
  DiskRequest,
  MachineLook,
  MachineRequest,
  MadeResource,
  TargetDisk,
} from '../../contracts/compute/target-machine';

/**
 * Machines at the target. Every call may be repeated: what it asks for is found by its name, and is its own by its
 * tags; a thing of that name without them refuses with `TargetNameTaken`. Other refusals: `TargetResourceMissing` for a
 * network, set, disk or group that is not there, `TargetQuotaExceeded`, `TargetRefused` for a request that the cloud
 * does not take, `TargetUnavailable` for what may work later. test/contract/compute.contract.ts holds all of them to it.
 */
export interface TargetMachines {
  makeDisk(request: DiskRequest): Promise<TargetDisk>;
  /** The disk as it is now; undefined if it is not there. */
  disk(diskId: string): Promise<TargetDisk | undefined>;
  /** Makes the network cards and the machine and starts it. Gives its id before it has booted: see `look`. */
  makeMachine(request: MachineRequest): Promise<string>;
  start(machineId: string): Promise<void>;
  /** Deallocates it: at the end nothing of it runs. One that is not there counts as stopped. */
  stop(machineId: string): Promise<void>;
  /** Undefined if it is not there. */
  look(machineId: string): Promise<MachineLook | undefined>;
  /** Everything that was made for an owner, in any group of the subscriptions the service may see. */
  made(owner: OwnerFilter): Promise<readonly MadeResource[]>;
  /**
   * Removes all that was made for an owner, machines first, and says what is left: nothing, unless something refuses to
   * go. Things of others, and groups that hold some, stay.
   */
  remove(owner: OwnerFilter): Promise<readonly MadeResource[]>;
}
