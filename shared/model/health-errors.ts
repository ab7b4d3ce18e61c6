/** What can be wrong with a protected item, a fabric or an agent, in words that say what to do. */
export interface HealthErrorKind {
  readonly level: 'Warning' | 'Error';
  readonly category:
    'Replication' | 'TestFailover' | 'Configuration' | 'AgentConnectivity' | 'FabricInfrastructure';
  readonly summary: string;
  readonly causes: string;
  readonly action: string;
  /** A user may declare it resolved. */
  readonly resolvable: boolean;
}

/**
 * Every health error. 153007 is Site Recovery's own, which scripts look for; those from 900001 on are lifeboat's. A code is
 * API: never reused. docs/health-errors.md lists exactly these.
 */
export const healthErrors = {
  '153007': {
    level: 'Error',
    category: 'Replication',
    summary: 'No crash consistent recovery point available for the VM in the last 60 minutes',
    causes:
      'The agent is stopped or cannot reach the service, or the machine writes faster than its changes can be sent.',
    action: 'Start the agent; check its network and the lag of the item.',
    resolvable: false,
  },
  '900001': {
    level: 'Warning',
    category: 'Replication',
    summary: 'The recovery point objective is exceeded',
    causes: 'The machine writes faster than its changes are sent and applied, or the network is slow.',
    action: 'Watch whether the lag falls; raise the upload limit of the agent or the bandwidth.',
    resolvable: false,
  },
  '900002': {
    level: 'Error',
    category: 'Replication',
    summary: 'A disk must be resynchronized',
    causes:
      'Changes of the disk were not seen: the agent lost its place, the disk grew, or the replica was damaged.',
    action: 'Call repairReplication, or wait for the automatic resynchronization.',
    resolvable: false,
  },
  '900003': {
    level: 'Error',
    category: 'Replication',
    summary: 'A change log was refused',
    causes: 'It was torn, altered on its way, or not made by the agent of this disk.',
    action:
      'Nothing if it clears: the agent sends it again. If it stays, check the agent’s disk and certificate.',
    resolvable: false,
  },
  '900004': {
    level: 'Warning',
    category: 'AgentConnectivity',
    summary: 'The agent has not been heard of',
    causes: 'The agent is stopped, its machine is off, or its network does not reach the service.',
    action: 'Start the agent and look at its log; it only needs to call out over HTTPS.',
    resolvable: false,
  },
  '900005': {
    level: 'Warning',
    category: 'Configuration',
    summary: 'The target lacks something that a failover needs',
    causes: 'A network, subnet, resource group or quota that the item names is not there any more.',
    action: 'Create it again, or choose another in the item’s settings.',
    resolvable: false,
  },
  '900006': {
    level: 'Warning',
    category: 'TestFailover',
    summary: 'No test failover was completed in the last 180 days',
    causes: 'Nobody tested whether the machine can be recovered, or a test was not cleaned up.',
    action: 'Run a test failover and clean it up.',
    resolvable: true,
  },
  '900007': {
    level: 'Error',
    category: 'FabricInfrastructure',
    summary: 'The cache of change logs is full',
    causes: 'Changes arrive faster than they are applied, or the service was stopped for long.',
    action: 'Watch whether it empties; agents keep their changes until it does.',
    resolvable: false,
  },
  '900008': {
    level: 'Warning',
    category: 'Configuration',
    summary: 'The agent is older than the service',
    causes: 'The agent was not updated.',
    action: 'Call updateMobilityService, or update the agent.',
    resolvable: true,
  },
} as const satisfies Record<string, HealthErrorKind>;

export type HealthErrorCode = keyof typeof healthErrors;

/** A health error as the catalogue keeps it. The same error of the same thing has the same id, however often it is seen. */
export function healthErrorOf(
  code: HealthErrorCode,
  {
    about,
    sinceInMs,
    message,
  }: { readonly about: string; readonly sinceInMs: number; readonly message?: string },
): HealthErrorKind & { id: string; code: string; message: string; createdAtInMs: number } {
  const kind = healthErrors[code];
  return {
    ...kind,
    id: `${code}-${about}`,
    code,
    message: message ?? `${kind.summary}.`,
    createdAtInMs: sinceInMs,
  };
}

/** docs/health-errors.md. */
export function healthErrorsPage(): string {
  const rows = Object.entries(healthErrors).map(
    ([code, { level, category, summary, causes, action }]) =>
      `| \`${code}\` | ${level} | ${category} | ${summary} | ${causes} | ${action} |`,
  );
  return `# Health errors

What \`healthErrors\` of items and \`healthErrorDetails\` of fabrics and servers can hold. 153007 is Site Recovery's own; the
others are lifeboat's. This page is written by \`npm run docs:health\` from \`shared/model/health-errors.ts\`; a test checks
that they agree.

| code | level | category | what is wrong | possible causes | what to do |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
