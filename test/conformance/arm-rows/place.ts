import type { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import type { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import type { Lives } from '../arm-lives';

/** `pass`: a later read shows the effect. `refused`: it makes no sense here, and is refused with a documented code. */
export type Outcome = 'pass' | 'refused';

/** The official clients, unmodified, and what a test needs beside them. */
export interface ArmPlace {
  readonly site: SiteRecoveryManagementClient;
  readonly vaults: RecoveryServicesClient;
  readonly group: string;
  readonly vault: string;
  readonly vaultId: string;
  /** Writes what an agent, or a later part of the service, would have written. */
  readonly seed: (id: string, properties: Record<string, unknown>) => Promise<void>;
  /** Worlds with all the work behind the verbs. */
  readonly lives: Lives;
}

export interface ArmRow {
  readonly operation: string;
  readonly shows: string;
  run(place: ArmPlace): Promise<Outcome>;
}

/** A row that passes when it throws nothing. */
export function passes(operation: string, shows: string, run: (place: ArmPlace) => Promise<void>): ArmRow {
  return { operation, shows, run: (place) => run(place).then(() => 'pass' as const) };
}

/** A row whose call is refused with this status and code. */
export function refuses(
  operation: string,
  expected: { readonly status: number; readonly code: string },
  call: (place: ArmPlace) => Promise<unknown>,
): ArmRow {
  return {
    operation,
    shows: `is refused: ${expected.status} ${expected.code}`,
    run: async (place) => {
      const error: unknown = await call(place).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ statusCode: expected.status, code: expected.code });
      return 'refused';
    },
  };
}

/** Every element of a paged list. */
export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const element of pages) found.push(element);
  return found;
}

/** Polls without waiting: the local service answers at once. */
export const quick = { updateIntervalInMs: 5 };

export const names = { azureEast: 'azure-east', azureWest: 'azure-west', site: 'Site-1', vmm: 'vmm-1' };
