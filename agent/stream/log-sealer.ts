import type { LogHeader } from '../../shared/model/change-log';
import type { PackedWrites } from '../capture/packed-writes';

export interface SealRequest {
  readonly header: LogHeader;
  /** Their bytes are the sealer's from now on: nobody may look at them again. */
  readonly writes: PackedWrites;
  /** Where the log is to lie. */
  readonly path: string;
}

export interface SealedLog {
  /** The log itself, as it is sent: its file is a little longer. */
  readonly bytes: Uint8Array;
  /** What the next log is chained to. */
  readonly digest: string;
}

/** Folds, compresses, digests and encrypts what was written, and puts it into a file whole or not at all. */
export interface LogSealer {
  seal(request: SealRequest): Promise<SealedLog>;
  /** What was not sealed by now never is. */
  close(): Promise<void>;
}
