import { type TaskRow } from './tasks';

/** What one transaction sets in motion, once it is durable. */
export class Changes {
  readonly instances = new Set<string>();
  readonly tasks: TaskRow[] = [];
  readonly finished: string[] = [];
  dueMs = Infinity;

  wake(instance: string): void {
    this.instances.add(instance);
  }

  wakeAt(dueMs: number): void {
    this.dueMs = Math.min(this.dueMs, dueMs);
  }

  run(task: TaskRow): void {
    this.tasks.push(task);
  }

  finish(instance: string): void {
    this.finished.push(instance);
  }
}
