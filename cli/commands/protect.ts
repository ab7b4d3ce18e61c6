import type { ProtectableItem } from '@azure/arm-recoveryservices-siterecovery';
import type { Command } from 'commander';
import type { Connection } from '../connect/connection';
import { notFound, usage } from '../failure';
import { openRequest } from '../items/open-request';
import { nearest } from '../nearest';
import type { StartSession } from '../program';
import { jsonObject, moreDetails } from './failover';
import { type JobOptions, runJob, startsJob } from './job-options';

interface ProtectOptions extends JobOptions {
  readonly fabric?: string;
  readonly container?: string;
  readonly policy?: string;
  readonly scenario?: string;
  readonly sourceId?: string;
  readonly network?: string;
  readonly details?: Record<string, unknown>;
}

interface Candidate {
  readonly fabric: string;
  readonly container: string;
  readonly containerId: string;
  readonly machine: ProtectableItem | undefined;
}

export function protectCommands(program: Command, start: StartSession): void {
  startsJob(program.command('protect <machine>'))
    .description('begin to replicate a machine that an agent or a site has shown')
    .option('--fabric <name>', 'where the machine is, if its name is not enough')
    .option('--container <name>', 'the container it is in, likewise')
    .option('--policy <name>', 'the policy; the one of the container where there is only one')
    .option(
      '--scenario <instanceType>',
      'A2A, HyperVReplicaAzure, InMageRcm ...; the machine’s own if left out',
    )
    .option('--source-id <id>', 'A2A: the ARM id of the machine')
    .option('--network <id>', 'the network at the target')
    .option('--details <json>', moreDetails, jsonObject)
    .action(async (machine: string, options: ProtectOptions, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const candidate = await candidateFor(connection, machine, options);
      const request = await requestFor(connection, candidate, { machine, options });
      if (options.whatIf === true) {
        return session.print({
          whatIf: true,
          machine,
          fabric: candidate.fabric,
          container: candidate.container,
          request,
        });
      }
      const { site, vault, group } = connection;
      return runJob(session, connection, options, (hearing) =>
        site.replicationProtectedItems.beginCreate(
          ...([vault, group, candidate.fabric, candidate.container, machine] as const),
          openRequest(request),
          hearing,
        ),
      );
    });
}

/** An Azure machine is named by its id; every other one has been shown by its site. */
async function candidateFor(
  connection: Connection,
  machine: string,
  { fabric, container, sourceId }: ProtectOptions,
): Promise<Candidate> {
  const places = await containersOf(connection, { fabric, container });
  if (sourceId !== undefined) {
    const [only] = places;
    if (only !== undefined && places.length === 1) return { ...only, machine: undefined };
    throw usage('Say in which container the machine is: --fabric and --container.', named(places));
  }
  const names: string[] = [];
  const found: Candidate[] = [];
  for (const place of places) {
    const { site, vault, group } = connection;
    const machines = site.replicationProtectableItems.listByReplicationProtectionContainers(
      ...([vault, group, place.fabric, place.container] as const),
    );
    for await (const one of machines) {
      const name = one.properties?.friendlyName ?? one.name ?? '';
      names.push(name);
      if (name.toLowerCase() === machine.toLowerCase()) found.push({ ...place, machine: one });
    }
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    throw usage(
      `More than one machine is called "${machine}".`,
      `Say --fabric and --container. ${named(found)}`,
    );
  }
  const near = nearest(machine, names);
  throw notFound(
    `No site has shown a machine "${machine}".`,
    near === undefined
      ? 'Start its agent, or name an Azure machine by --source-id.'
      : `Did you mean ${near}?`,
  );
}

async function containersOf(
  { site, vault, group }: Connection,
  { fabric, container }: { fabric: string | undefined; container: string | undefined },
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  const isSame = (wanted: string | undefined, name: string): boolean =>
    wanted === undefined || wanted.toLowerCase() === name.toLowerCase();
  for await (const { id = '', name = '' } of site.replicationProtectionContainers.list(vault, group)) {
    const fabricName = id.split('/').at(-3) ?? '';
    if (isSame(fabric, fabricName) && isSame(container, name)) {
      found.push({ fabric: fabricName, container: name, containerId: id, machine: undefined });
    }
  }
  if (found.length > 0) return found;
  throw notFound(
    fabric === undefined && container === undefined
      ? 'The vault has no site and no region yet.'
      : 'There is no such fabric or container in the vault.',
    'A site is made in the vault first, or by the agent that registers.',
  );
}

interface Mapping {
  readonly policyId: string;
  readonly instanceType: string;
}

async function requestFor(
  connection: Connection,
  candidate: Candidate,
  { machine, options }: { machine: string; options: ProtectOptions },
): Promise<ProtectRequest> {
  const { machine: shown } = candidate;
  const wanted = options.scenario ?? (options.sourceId === undefined ? undefined : 'A2A');
  const { policyId, instanceType } = await mappingFor(connection, candidate, {
    policy: options.policy,
    scenario: wanted,
  });
  return {
    properties: {
      policyId,
      ...(shown?.id === undefined ? {} : { protectableItemId: shown.id }),
      providerSpecificDetails: {
        ...nameOf(machine, instanceType, options),
        ...(options.network === undefined
          ? {}
          : { [networkWords[instanceType] ?? 'targetNetworkId']: options.network }),
        ...options.details,
        instanceType,
      },
    },
  };
}

/** The machine in its scenario's words. */
function nameOf(machine: string, instanceType: string, { sourceId }: ProtectOptions): Record<string, string> {
  if (sourceId !== undefined) return { fabricObjectId: sourceId };
  return instanceType === 'InMageRcm' ? { fabricDiscoveryMachineId: machine } : { vmName: machine };
}

const networkWords: Readonly<Record<string, string>> = {
  A2A: 'recoveryAzureNetworkId',
  HyperVReplicaAzure: 'targetAzureNetworkId',
  InMageAzureV2: 'targetAzureNetworkId',
};

interface ProtectRequest {
  readonly properties: {
    readonly policyId: string;
    readonly protectableItemId?: string;
    readonly providerSpecificDetails: { readonly instanceType: string } & Record<string, unknown>;
  };
}

async function mappingFor(
  { site, vault, group }: Connection,
  { fabric, container }: Candidate,
  { policy, scenario }: { policy: string | undefined; scenario: string | undefined },
): Promise<Mapping> {
  const all: Mapping[] = [];
  const mappings = site.replicationProtectionContainerMappings.listByReplicationProtectionContainers(
    ...([vault, group, fabric, container] as const),
  );
  for await (const { properties } of mappings) {
    const instanceType = properties?.providerSpecificDetails?.instanceType ?? '';
    all.push({ policyId: properties?.policyId ?? '', instanceType });
  }
  const fitting = all.filter(
    ({ policyId, instanceType }) =>
      (policy === undefined || policyId.split('/').at(-1)?.toLowerCase() === policy.toLowerCase()) &&
      (scenario === undefined || instanceType === scenario),
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const list = all.map(
    ({ policyId, instanceType }) => `${policyId.split('/').at(-1) ?? ''} (${instanceType})`,
  );
  throw usage(
    fitting.length === 0
      ? `No policy of the container ${container} fits.`
      : `Say which policy is meant: --policy, and --scenario.`,
    list.length === 0
      ? 'Map the container to where it recovers, under a policy, first.'
      : `There are: ${list.join(', ')}.`,
  );
}

function named(places: readonly Candidate[]): string {
  return `There are: ${places.map(({ fabric, container }) => `${fabric}/${container}`).join(', ')}.`;
}
