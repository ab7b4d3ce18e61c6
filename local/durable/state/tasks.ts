import { type Database } from '../../store';

/** An activity to run, or one that ran when the process ended. */
export interface TaskRow {
  readonly sequence: number;
  readonly instance: string;
  readonly execution: string;
  readonly task_id: number;
  readonly name: string;
  readonly input: string | null;
  readonly restarts: number;
}

export interface NewTask {
  readonly instance: string;
  readonly execution: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string | null;
}

export function insertTask(
  database: Database,
  { instance, execution, taskId, name, input }: NewTask,
): TaskRow {
  const { lastInsertRowid: sequence } = database.run(
    'INSERT INTO task (instance, execution, task_id, name, input) VALUES (?, ?, ?, ?, ?)',
    ...[instance, execution, taskId, name, input],
  );
  return { sequence, instance, execution, task_id: taskId, name, input, restarts: 0 };
}

export function readTasks(database: Database): TaskRow[] {
  return database.all<TaskRow>('SELECT * FROM task ORDER BY sequence');
}

/** False if the task is gone, because its instance is. */
export function removeTask(database: Database, sequence: number): boolean {
  return database.run('DELETE FROM task WHERE sequence = ?', sequence).changes > 0;
}

export function countRestart(database: Database, sequence: number): void {
  database.run('UPDATE task SET restarts = restarts + 1 WHERE sequence = ?', sequence);
}
