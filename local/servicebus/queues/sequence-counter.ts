import { type Database } from '../../store';
import { saveNextSequence } from './rows';

/** Numbers the messages of a queue. A number is never given twice, not even after a restart. */
export class SequenceCounter {
  constructor(
    readonly queue: number,
    private next: number,
  ) {}

  /** To be called inside the transaction that stores the message. */
  take(database: Database): number {
    const sequence = this.next;
    this.next += 1;
    saveNextSequence(database, this.queue, this.next);
    return sequence;
  }
}
