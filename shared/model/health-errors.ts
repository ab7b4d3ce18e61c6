/** What can be wrong with a protected machine, in words for a page. The service's own words for one case say more. */
export interface HealthErrorKind {
  readonly level: 'Warning' | 'Critical' | 'Warning, then Critical';
  readonly summary: string;
  readonly causes: string;
}

/**
 * Every code that the health errors of an item can have. 153007 is Site Recovery's own, which scripts look for; the others
 * are lifeboat's. A code is API: never reused. docs/health-errors.md lists exactly these.
 */
export const healthErrors = {
  '153007': {
    level: 'Warning, then Critical',
    summary: 'The newest recovery point is older than the policy allows',
    causes:
      'The agent is stopped or cannot reach the service, or the machine writes faster than its changes are sent and applied.',
  },
  AgentSilent: {
    level: 'Warning, then Critical',
    summary: 'The agent of a disk has not reported',
    causes: 'The agent is stopped, its machine is off, or its network does not reach the service.',
  },
  AgentStateFailing: {
    level: 'Warning',
    summary: 'An agent cannot write what it must remember',
    causes:
      'The disk under its state folder is full, failing or read-only, or the folder is not its own any more.',
  },
  CacheFull: {
    level: 'Warning',
    summary: 'Change logs wait in the cache up to its quota',
    causes: 'Changes arrive faster than they are applied, or the service was stopped for long.',
  },
  DiskShrank: {
    level: 'Critical',
    summary: 'A source disk is smaller than its replica',
    causes: 'The disk was made smaller, or another was put in its place.',
  },
  DiskTooLarge: {
    level: 'Critical',
    summary: 'A source disk is larger than one that can be recovered',
    causes: 'The disk grew beyond 2 TiB.',
  },
  LinkMissing: {
    level: 'Critical',
    summary: 'The policy, the mapping or the server of the item is gone',
    causes: 'Somebody purged it while the machine was protected.',
  },
  LogMissing: {
    level: 'Warning',
    summary: 'A change log was sent, and did not arrive whole',
    causes: 'An upload was cut, or altered on its way.',
  },
  LogQuarantined: {
    level: 'Critical',
    summary: 'Every upload of a change log is bad',
    causes: 'The agent’s disk or memory is failing, or two agents run from copies of one state folder.',
  },
  MachineMissing: {
    level: 'Critical',
    summary: 'The server that spoke for the machine does not find it any more',
    causes: 'The machine was removed, renamed, or moved to a host that is not registered.',
  },
  ReplicaInvalid: {
    level: 'Critical',
    summary: 'The replica disk is not what it was',
    causes: 'It was deleted or replaced by somebody else.',
  },
  ReplicationFailing: {
    level: 'Warning, then Critical',
    summary: 'Applying changes failed several times in a row',
    causes: 'The cache or the target account does not answer, or answers wrong.',
  },
  ResyncNeeded: {
    level: 'Critical',
    summary: 'The stream of changes cannot be followed any further',
    causes: 'Changes were not seen or are damaged: a bad log, half a change, or somebody asked for a resync.',
  },
  ScannedDiskInGroup: {
    level: 'Warning',
    summary: 'A group gets no recovery points, because a disk of it is scanned',
    causes: 'A machine whose agent runs with `--scan` was put into a multi-VM consistency group.',
  },
  SourceDiskFailing: {
    level: 'Warning',
    summary: 'A source disk answers with errors',
    causes: 'It is failing, full, read-only, cut short or gone; its guest sees the same errors.',
  },
  StorageForbidden: {
    level: 'Critical',
    summary: 'A storage account refuses the service',
    causes: 'A role assignment, a key or a network rule was changed.',
  },
  TargetQuotaExceeded: {
    level: 'Critical',
    summary: 'A failover would not get its machine',
    causes: 'The subscription or region at the target gives no more machines or cores.',
  },
  TargetResourceMissing: {
    level: 'Critical',
    summary: 'The target lacks a network that the item names',
    causes: 'The network was removed, or the item names another than was meant.',
  },
} as const satisfies Record<string, HealthErrorKind>;

/** docs/health-errors.md. */
export function healthErrorsPage(): string {
  const rows = Object.entries(healthErrors).map(
    ([code, { level, summary, causes }]) => `| \`${code}\` | ${level} | ${summary} | ${causes} |`,
  );
  return `# Health errors

What \`healthErrors\` of a protected item can hold. 153007 is Site Recovery's own; the others are lifeboat's. The error itself
says what is wrong in this case, since when, and what to do; what to look at first is in
[operations.md](operations.md#runbook-by-health-error). A problem that an agent reports stands there too, under the agent's own name
for it. This page is written by \`npm run docs:health\` from \`shared/model/health-errors.ts\`; a test checks that it names
exactly the codes that the service gives.

| code | health | what is wrong | possible causes |
|---|---|---|---|
${rows.join('\n')}
`;
}
