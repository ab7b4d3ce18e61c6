import type { Store } from '../../store';
import type { Clock } from '../clock';
import type { Shelf } from '../disks/shelf';
import type { MachineRoom } from '../machines/room';
import type { NbdServer } from '../nbd/server';
import type { Faults } from './faults';

/** What requests and work share. */
export interface Cloud {
  readonly store: Store;
  readonly shelf: Shelf;
  readonly room: MachineRoom;
  readonly nbd: NbdServer;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly uuid: () => string;
}
