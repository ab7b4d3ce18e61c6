import { z } from 'zod';
import { type Clock, pause } from '../clock';
import { HostError, messageOf } from '../host-error';
import { type InvocationResponse, type RetryContext } from './core-types';
import { type RegisteredFunction } from './function-registry';
import { type Invocation, type Invoke } from './invoker';

const duration = z
  .looseObject({ seconds: z.union([z.number(), z.string()]).optional() })
  .transform(({ seconds }) => Number(seconds ?? 0) * 1000);

const RetryOptions = z.looseObject({
  maxRetryCount: z.int().min(-1),
  delayInterval: duration.optional(),
  minimumInterval: duration.optional(),
  maximumInterval: duration.optional(),
});
export type RetryPolicy = z.output<typeof RetryOptions>;

/** The function's own retry options, for the triggers that honour them. */
export function retryPolicyOf(registered: RegisteredFunction): RetryPolicy | undefined {
  if (registered.metadata.retryOptions === undefined) return undefined;
  const parsed = RetryOptions.safeParse(registered.metadata.retryOptions);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HostError(`retry.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`);
}

export interface Retrying {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly policy: RetryPolicy | undefined;
  readonly signal: AbortSignal;
}

/** Invokes until it succeeds or the policy gives up. */
export async function invokeWithRetry(
  registered: RegisteredFunction,
  invocation: Invocation,
  { invoke, clock, policy, signal }: Retrying,
): Promise<InvocationResponse> {
  let retryContext: RetryContext | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      return await invoke(
        registered,
        retryContext === undefined ? invocation : { ...invocation, retryContext },
      );
    } catch (error) {
      if (policy === undefined || signal.aborted) throw error;
      if (policy.maxRetryCount >= 0 && attempt >= policy.maxRetryCount) throw error;
      retryContext = {
        retryCount: attempt + 1,
        maxRetryCount: policy.maxRetryCount,
        exception: { message: messageOf(error) },
      };
      await pause(clock, delayBefore(attempt + 1, policy), signal);
      if (signal.aborted) throw error;
    }
  }
}

function delayBefore(retry: number, policy: RetryPolicy): number {
  if (policy.delayInterval !== undefined) return policy.delayInterval;
  const least = policy.minimumInterval ?? 0;
  return Math.min(policy.maximumInterval ?? least, least * 2 ** Math.min(retry - 1, 30));
}
