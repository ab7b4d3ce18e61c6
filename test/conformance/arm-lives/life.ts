import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import { type FrontDoor, serveSecurely } from '../../support/arm/secure-server';
import { group, subscription, vaultName, type World } from '../../support/arm/world';

/** A long-running operation, as the official client holds it. */
export interface Running<T> {
  isDone(): boolean;
  poll(): Promise<unknown>;
  getResult(): T | undefined;
}

/** Machines with all the work behind the verbs, and the unmodified client before them. Time is the test's own. */
export interface Life {
  readonly site: SiteRecoveryManagementClient;
  readonly where: readonly [vault: string, group: string];
  /** Lets time pass and agents do their part until the operation has ended; what the client has in the end. */
  readonly ended: <T>(running: Promise<Running<T>>) => Promise<T | undefined>;
  close(): Promise<void>;
}

export interface LifeParts {
  readonly arm: World;
  readonly jobs: FrontDoor['jobs'];
  /** Agents look, jobs go on, and some time passes. */
  readonly pass: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const mostRounds = 300;

export async function openLife({ arm, jobs, pass, close }: LifeParts): Promise<Life> {
  const server = await serveSecurely({ api: arm.api, jobs });
  const token = { token: arm.ownerToken, expiresOnTimestamp: Date.now() + 3_600_000 };
  const site = new SiteRecoveryManagementClient({ getToken: () => Promise.resolve(token) }, subscription, {
    endpoint: server.endpoint,
    tlsOptions: { ca: server.certificate },
    retryOptions: { maxRetries: 0 },
  });
  return {
    site,
    where: [vaultName, group],
    ended: async (started) => {
      const running = await started;
      for (let round = 0; !running.isDone(); round++) {
        if (round === mostRounds) throw new Error('the operation does not end');
        await pass();
        await running.poll();
      }
      return running.getResult();
    },
    close: async () => {
      await server.stop();
      await close();
      expect(arm.faults).toEqual([]);
    },
  };
}
