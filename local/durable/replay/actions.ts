import { z } from 'zod';
import { type EntityTarget } from './history';

export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  ScheduledSignalEntity: 10,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

const RetryOptions = z.looseObject({
  firstRetryIntervalInMilliseconds: z.number(),
  maxNumberOfAttempts: z.number(),
  backoffCoefficient: z.number().nullish(),
  maxRetryIntervalInMilliseconds: z.number().nullish(),
  retryTimeoutInMilliseconds: z.number().nullish(),
});

const Entity = z.looseObject({ name: z.string(), key: z.string() });

/** One thing an orchestrator asks for, as the SDK writes it. */
export const Action = z.looseObject({
  actionType: z.number(),
  functionName: z.string().optional(),
  input: z.unknown().optional(),
  instanceId: z.string().nullish(),
  version: z.string().nullish(),
  retryOptions: RetryOptions.optional(),
  fireAt: z.string().optional(),
  isCanceled: z.boolean().optional(),
  externalEventName: z.string().optional(),
  operation: z.string().optional(),
  httpRequest: z.looseObject({ asynchronousPatternEnabled: z.boolean().optional() }).optional(),
  lockSet: z.array(Entity).optional(),
  lockRequestId: z.string().optional(),
  get compoundActions() {
    return z.array(Action).optional();
  },
});
export type Action = z.infer<typeof Action>;

/** An action that takes one id. Releasing a lock takes one for each entity, so it comes apart into that many. */
export interface Leaf {
  readonly action: Action;
  readonly released?: EntityTarget;
}

export interface Asked {
  readonly leaves: readonly Leaf[];
  /** Names of the external events waited for; a wait takes no id. */
  readonly waits: readonly string[];
  readonly continueAsNew?: Action;
}

/** Puts everything asked for into the order in which the SDK numbers it. */
export function flatten(actions: readonly Action[]): Asked {
  const asked: { leaves: Leaf[]; waits: string[]; continueAsNew?: Action } = { leaves: [], waits: [] };
  let locked: readonly EntityTarget[] = [];

  const visit = (action: Action): void => {
    switch (action.actionType) {
      case ActionType.WhenAll:
      case ActionType.WhenAny:
        action.compoundActions?.forEach(visit);
        return;
      case ActionType.WaitForExternalEvent:
        asked.waits.push(action.externalEventName ?? '');
        return;
      case ActionType.ContinueAsNew:
        asked.continueAsNew = action;
        return;
      case ActionType.ReleaseEntities:
        asked.leaves.push(...locked.map((released) => ({ action, released })));
        locked = [];
        return;
      case ActionType.LockEntities:
        locked = action.lockSet ?? [];
        asked.leaves.push({ action });
        return;
      default:
        asked.leaves.push({ action });
    }
  };
  actions.forEach(visit);
  return asked;
}

/** What a leaf is called where runs are compared; the same words as `labelOf` in progress.ts. */
export function leafLabel({ action, released }: Leaf): string {
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry:
      return `activity '${action.functionName}'`;
    case ActionType.CallHttp:
      return "activity 'BuiltIn::HttpActivity'";
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry:
      return `sub-orchestration '${action.functionName}'`;
    case ActionType.CreateTimer:
      return 'a timer';
    case ActionType.CallEntity:
      return `call of entity '${action.instanceId}'`;
    case ActionType.LockEntities:
      return 'a lock';
    case ActionType.ReleaseEntities:
      return `release of entity '@${released?.name.toLowerCase()}@${released?.key}'`;
    default:
      return `signal of entity '${action.instanceId}'`;
  }
}
