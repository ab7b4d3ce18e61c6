import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../cli/run';
import type { Surroundings } from '../../../cli/surroundings';
import type { JobOutcome } from '../../../shared/contracts/jobs/record';
import { resourceKey } from '../../../shared/model/resource-id';
import { changeResource } from '../../../shared/service/catalogue/resources';
import { jobLedger } from '../../../shared/service/jobs/job-ledger';
import { systemClock } from '../../../shared/system/system-clock';
import { type SecureServer, serveSecurely } from '../../support/arm/secure-server';
import { group, subscription, vault, vaultName, World } from '../../support/arm/world';
import { hear } from '../../support/logs/hear';

/** What a call of the command line left behind. */
export interface Said {
  readonly code: number;
  readonly output: string;
  readonly notes: string;
}

export interface Call {
  readonly environment?: Readonly<Record<string, string>>;
  readonly isTerminal?: Partial<Surroundings['isTerminal']>;
  readonly answer?: string;
  /** Done whenever the command waits; time does not pass otherwise. */
  readonly whileWaiting?: () => Promise<void>;
  readonly interrupted?: AbortController;
}

/** A vault with a Hyper-V site, served to official clients; and the command line pointed at it. */
export class Harbour {
  private constructor(
    readonly world: World,
    readonly server: SecureServer,
    readonly folder: string,
  ) {}

  static async open(): Promise<Harbour> {
    const world = await World.open();
    const server = await serveSecurely(world);
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    writeFileSync(join(folder, 'authority.pem'), server.certificate);
    const harbour = new Harbour(world, server, folder);
    await harbour.build();
    return harbour;
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** A site with its container, a policy, and the mapping of the one to Azure under the other. */
  private async build(): Promise<void> {
    const { world } = this;
    await world.finish('PUT', `${vault}/replicationFabrics/quay`, {
      properties: { customDetails: { instanceType: 'HyperVSite' } },
    });
    await world.finish('PUT', `${vault}/replicationPolicies/daily`, {
      properties: {
        providerSpecificInput: {
          instanceType: 'HyperVReplicaAzure',
          recoveryPointHistoryDuration: 24,
          replicationInterval: 30,
        },
      },
    });
    const mapped = await world.finish(
      'PUT',
      `${await this.container()}/replicationProtectionContainerMappings/daily`,
      {
        properties: {
          policyId: `${vault}/replicationPolicies/daily`,
          targetProtectionContainerId: 'Microsoft Azure',
          providerSpecificInput: { instanceType: 'HyperVReplicaAzure' },
        },
      },
    );
    if (mapped.body.status !== 'Succeeded') throw new Error(JSON.stringify(mapped.body));
  }

  async container(): Promise<string> {
    const answer = await this.world.ask('GET', `${vault}/replicationProtectionContainers`);
    return answer.body.value[0].id as string;
  }

  /** A machine that the site has shown, not protected. */
  async show(name: string): Promise<void> {
    await this.seed(`${await this.container()}/replicationProtectableItems/guid-${name}`, {
      friendlyName: name,
      kind: 'HyperVVirtualMachine',
      scenarios: ['HyperVReplicaAzure'],
      disks: [{ id: `${name}-0`, name: 'system', sizeBytes: 64 * 2 ** 30, isOperatingSystem: true }],
    });
  }

  /** A machine under protection, with what else is to be said of it. */
  async protect(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const container = await this.container();
    const id = `${container}/replicationProtectedItems/${name}`;
    await this.seed(id, {
      friendlyName: name,
      internalId: `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').slice(0, 12).padStart(12, '0')}`,
      scenario: 'HyperVReplicaAzure',
      instanceType: 'HyperVReplicaAzure',
      policyId: `${vault}/replicationPolicies/daily`,
      recoveryContainerId: 'Microsoft Azure',
      primaryFabricKind: 'HyperVSite',
      state: 'Protected',
      testFailover: 'None',
      resyncRequired: false,
      health: 'Normal',
      failoverHealth: 'Normal',
      healthErrors: [],
      disks: [],
      initialCopyPercent: 100,
      rpoInSeconds: 25,
      enabledWith: {},
      target: {},
      ...more,
    });
    return id;
  }

  async seed(id: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    const key = resourceKey(id);
    if (key === undefined) throw new Error(`${id} is no resource id`);
    const types = id
      .slice(vault.length + 1)
      .split('/')
      .filter((_, index) => index % 2 === 0);
    const type = `Microsoft.RecoveryServices/vaults/${types.join('/')}`;
    await this.world.records.put(key, { id, name: id.split('/').at(-1), type, properties });
  }

  async change(id: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    await changeResource(this.world.records, id, (current) => ({
      ...current,
      properties: { ...current.properties, ...properties },
    }));
  }

  /** Ends every job that waits for its work, as the work would. */
  async endJobs(outcome: JobOutcome = { state: 'Succeeded' }): Promise<void> {
    const ledger = jobLedger(this.world.records, systemClock);
    for (const [jobId, job] of this.world.jobs.all) {
      if (job.state !== 'running') continue;
      const record = await ledger.find({ vaultId: vault, jobId });
      for (const { taskId } of record?.tasks ?? []) {
        await ledger.endTask({ vaultId: vault, jobId }, taskId, { state: 'Succeeded' });
      }
      await ledger.finish({ vaultId: vault, jobId }, outcome);
      job.state = 'succeeded';
    }
  }

  /** Where the service is, as the environment says it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LIFEBOAT_ENDPOINT: this.server.endpoint,
      LIFEBOAT_CA_FILE: join(this.folder, 'authority.pem'),
      LIFEBOAT_TOKEN: this.world.ownerToken,
      LIFEBOAT_SUBSCRIPTION: subscription,
      LIFEBOAT_RESOURCE_GROUP: group,
      LIFEBOAT_VAULT: vaultName,
      LIFEBOAT_CONFIG: join(this.folder, 'config.json'),
    };
  }

  /** The data of a command that does well. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked at field by field in tests
  async json(words: string): Promise<any> {
    const said = await this.lifeboat(`${words} -o json`);
    expect(said).toMatchObject({ code: 0, notes: '' });
    return JSON.parse(said.output);
  }

  async lifeboat(words: string, call: Call = {}): Promise<Said> {
    return lifeboat(words.split(' '), {
      ...call,
      environment: { ...this.environment, ...call.environment },
    });
  }
}

/** The matter with a machine whose agent is silent. */
export const rpoExceeded = {
  id: 'e1',
  code: 'RpoExceeded',
  level: 'Error',
  category: 'Replication',
  summary: 'RPO exceeded',
  message: 'The newest recovery point is older than the policy allows.',
  causes: 'The agent is silent.',
  action: 'Start the agent.',
  createdAtInMs: 1_700_000_000_000,
  resolvable: false,
};

/** Calls the command line in this process, in surroundings that hear everything it says. */
export async function lifeboat(words: readonly string[], call: Call = {}): Promise<Said> {
  let [output, notes, nowInMs] = ['', '', Date.now()];
  const code = await run(words, {
    environment: call.environment ?? {},
    homeFolder: '/nowhere',
    isTerminal: { input: false, output: false, notes: false, ...call.isTerminal },
    output: (text) => void (output += text),
    note: (text) => void (notes += text),
    ask: async (question) => {
      notes += question;
      return call.answer ?? '';
    },
    now: () => nowInMs,
    sleep: async (durationInMs) => {
      nowInMs += durationInMs;
      await call.whileWaiting?.();
      if (call.interrupted?.signal.aborted === true) throw new Error('interrupted');
    },
    interrupted: call.interrupted?.signal ?? new AbortController().signal,
  });
  for (const line of notes.split('\n')) hear({ from: 'lifeboat', line });
  return { code, output, notes };
}
