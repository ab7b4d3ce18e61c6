import { z } from 'zod';
import { TaskResult } from '../agent/report';

/** Tells a job that an agent has ended the streams it was asked to end. */
export const replicasStopped = { name: 'replicasStopped', data: z.looseObject({}) };

/** Tells a job how a task ended that it asked an agent for. */
export function taskResultOf(taskId: string): { name: string; data: typeof TaskResult } {
  // No slash: the name is a part of the path that events are raised at.
  return { name: `taskResult.${taskId}`, data: TaskResult };
}
