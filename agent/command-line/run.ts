import { readFileSync } from 'node:fs';
import { systemClock } from '../../shared/system/system-clock';
import { systemIds } from '../../shared/system/system-ids';
import { startExporting } from '../../shared/system/telemetry/exporting';
import { openTelemetry } from '../../shared/system/telemetry/open-telemetry';
import { toldLog } from '../../shared/system/telemetry/told-log';
import type { Log } from '../../shared/ports/log';
import type { SiteRole } from '../site/site-role';
import { startSiteAgent } from '../site/start-site-agent';
import { openSnapshotHook } from '../scan/snapshot/open-snapshot-hook';
import { startAgent, type StartAgentOptions } from '../start-agent';
import { consoleLog } from '../system/console-log';
import { describedMachine } from './described-machine';
import { openRoles, siteTrustOf } from './open-roles';
import { ownCards } from './own-cards';
import { progressLine } from './progress-line';
import type { RunOptions } from './run-options';

/** Starts the agent in its roles, and stops it when the process is told to end. */
export async function run(options: RunOptions): Promise<void> {
  const console = consoleLog(systemClock);
  const { telemetry: endpoint = '' } = options;
  const exporting = await startExporting({ endpoint, service: 'lifeboat-agent', log: console });
  const log = toldLog(console);
  const certificateAuthority = options.ca === undefined ? undefined : readFileSync(options.ca, 'utf8');
  const wanted = options.role ?? ['mobility'];
  const hasDisks = wanted.includes('mobility');
  if (hasDisks && options.disk === undefined && options.scan === undefined)
    throw new Error('an agent beside a machine needs --disk or --scan');
  if (options.disk !== undefined && options.scan !== undefined)
    throw new Error('--disk and --scan do not go together: a marker is of one moment for all disks');
  if (hasDisks && wanted.includes('master-target')) {
    throw new Error(
      'a master target runs by itself: replicas do not lie where the disks of their machines do',
    );
  }
  const roles = await openRoles(options, { log, certificateAuthority });
  const parts = { options, roles, log, certificateAuthority };
  const stop = await (hasDisks ? besideDisks(parts) : withoutDisks(parts));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info('stopping', { signal });
      void stop()
        .then(() => exporting?.stop())
        .then(() => process.exit(0));
    });
  }
}

interface Parts {
  readonly options: RunOptions;
  readonly roles: readonly SiteRole[];
  readonly log: Log;
  readonly certificateAuthority: string | undefined;
}

async function withoutDisks({ options, roles, ...others }: Parts): Promise<() => Promise<void>> {
  const { url, token, state: stateFolder, name, machineId: hostId } = options;
  const agent = await startSiteAgent({
    ...{ url, token, stateFolder, name, hostId, roles, clock: systemClock, ids: systemIds, ...others },
  });
  const { listens = {} } = await describe(roles);
  others.log.info('agent started', { agentId: agent.agentId, ...listens });
  return () => agent.stop();
}

async function describe(roles: readonly SiteRole[]): Promise<{ listens?: object }> {
  const tellings = await Promise.all(roles.map((role) => role.describe()));
  return { listens: Object.assign({}, ...tellings.map(({ report }) => report.listens)) as object };
}

async function besideDisks({ options, roles, ...others }: Parts): Promise<() => Promise<void>> {
  const { freezeScript, freezeTimeout: timeoutInMs } = options;
  const agent = await startAgent({
    ...{ url: options.url, token: options.token, stateFolder: options.state, ...others },
    machine: describedMachine(options, ownCards()),
    disks: options.disk ?? options.scan ?? [],
    scan: scanOf(options),
    listen: listenAt(options.listen),
    ...{ clock: systemClock, ids: systemIds, telemetry: openTelemetry(systemClock) },
    sealIntervalInMs: options.sealInterval,
    sealAtBytes: options.sealAt,
    spoolQuotaBytes: options.spoolQuota,
    isMovable: options.movable,
    sealsApart: true,
    groupListenAddress: options.groupListen,
    scriptsFolder: options.scripts,
    freezeScript: freezeScript === undefined ? undefined : { path: freezeScript, timeoutInMs },
    processServer: options.processServer,
    siteTrust: siteTrustOf(options),
    siteRoles: roles,
    onStatus: process.stderr.isTTY
      ? (replicas) => void process.stderr.write(progressLine(replicas))
      : undefined,
  });
  others.log.info('agent started', { agentId: agent.agentId, nbd: agent.nbd });
  return () => agent.stop();
}

function scanOf({ scan, every, snapshotHook, standsStill = false }: RunOptions): StartAgentOptions['scan'] {
  if (scan === undefined) return undefined;
  const hook = snapshotHook === undefined ? undefined : openSnapshotHook(snapshotHook);
  return { everyInMs: every, hook, standsStill };
}

function listenAt(text: string): { path: string } | { port: number } {
  return /^\d+$/.test(text) ? { port: Number(text) } : { path: text };
}
