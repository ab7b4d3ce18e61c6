/** The parts of the SDK that are not typed for use by themselves. */
declare module 'durable-functions/lib/src/orchestrations/Orchestrator' {
  import { type OrchestrationHandler } from 'durable-functions';
  export class Orchestrator {
    constructor(handler: OrchestrationHandler);
    listen(): (trigger: unknown, context: unknown) => Promise<unknown>;
  }
}
declare module 'durable-functions/lib/src/entities/Entity' {
  export class Entity {
    constructor(handler: unknown);
    listen(): (trigger: unknown, context: unknown) => Promise<unknown>;
  }
}
declare module 'durable-functions/lib/src/durableClient/DurableClient' {
  import { type DurableClient as Client } from 'durable-functions';
  export const DurableClient: new (binding: unknown, name: string) => Client;
}
