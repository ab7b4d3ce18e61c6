import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { delimiter, join } from 'node:path';
import type { Command } from 'commander';
import { credentialFor } from '../connect/credential';
import { explainError, signInAction } from '../explain-error';
import { exitCodes, Failure } from '../failure';
import type { Column } from '../output/table';
import { duration } from '../output/plain-time';
import type { StartSession } from '../program';
import type { Session } from '../session';
import type { CliSettings } from '../settings/settings';

interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  readonly action?: string | undefined;
}

const columns: readonly Column[] = [
  { title: 'CHECK', field: 'check' },
  { title: 'RESULT', field: 'result' },
  { title: 'DETAIL', field: 'detail' },
  { title: 'ACTION', field: 'action' },
];

/** Looks at everything between this machine and a protected one, and says what to do about what is wrong. */
export function doctorCommand(program: Command, start: StartSession): void {
  program
    .command('doctor')
    .description('find out what is wrong between here and the vault')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      const findings = await examine(session);
      await session.print(findings, columns);
      const failed = findings.filter(({ result }) => result === 'failed').length;
      if (failed > 0) {
        throw new Failure(exitCodes.failed, `${failed} of ${findings.length} checks failed.`, {
          action: findings.find(({ result }) => result === 'failed')?.action,
        });
      }
    });
}

/** Each check stands on the one before it: after a failure the rest is skipped. */
async function examine(session: Session): Promise<readonly Finding[]> {
  const findings: Finding[] = [nodeFinding(), ...toolFindings(session.around.environment['PATH'] ?? '')];
  let isBroken = false;
  const check = async (name: string, look: () => Promise<Omit<Finding, 'check'>>): Promise<void> => {
    if (isBroken)
      return void findings.push({ check: name, result: 'skipped', detail: 'needs what failed above' });
    const found = await look().catch((error: unknown) => {
      const { message, causes, action } = explainError(error, session.around.environment);
      return { result: 'failed' as const, detail: [message, causes].filter(Boolean).join(' '), action };
    });
    isBroken = found.result === 'failed';
    findings.push({ check: name, ...found });
  };
  await check('settings', async () => {
    const { endpoint, signIn } = await session.settings();
    return { result: 'ok', detail: `${endpoint}, signing in by ${signIn.kind}` };
  });
  await check('service', async () => serviceFinding(session, await session.settings()));
  await check('sign-in', async () => signInFinding(session, await session.settings()));
  await check('vault', async () => {
    const { vault, group } = await session.connect();
    return { result: 'ok', detail: `${group}/${vault}` };
  });
  await check('agents', () => agentsFinding(session));
  await check('machines', () => machinesFinding(session));
  return findings;
}

function nodeFinding(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const isRight = major >= 20;
  return {
    check: 'node',
    result: isRight ? 'ok' : 'failed',
    detail: process.versions.node,
    ...(isRight ? {} : { action: 'Install Node 20.19 or later.' }),
  };
}

const tools: readonly (readonly [string, string])[] = [
  ['qemu-system-x86_64', 'recovered machines are booted on this machine'],
  ['az', 'people sign in to Azure'],
];

function toolFindings(path: string): readonly Finding[] {
  return tools.map(([name, use]) => {
    const isThere = path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));
    return {
      check: name,
      result: isThere ? ('ok' as const) : ('skipped' as const),
      detail: isThere ? 'found' : `not installed: optional, with it ${use}`,
    };
  });
}

async function serviceFinding(
  { around }: Session,
  { endpoint, caFile }: CliSettings,
): Promise<Omit<Finding, 'check'>> {
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  const startedAt = around.now();
  const { status, date } = await new Promise<{ status: number; date: string | undefined }>((answer, fail) => {
    get(`${endpoint}/api/health`, { ca, timeout: 15_000 }, (response) => {
      response.resume();
      answer({ status: response.statusCode ?? 0, date: response.headers.date });
    })
      .once('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      })
      .once('error', fail);
  });
  const tookInMs = around.now() - startedAt;
  if (status !== 200)
    return { result: 'failed', detail: `answers ${status}`, action: 'Is the endpoint lifeboat’s?' };
  const skewInSeconds = date === undefined ? 0 : Math.abs(around.now() - Date.parse(date)) / 1000;
  if (skewInSeconds > 120) {
    return {
      result: 'warning',
      detail: `the clocks differ by ${duration(skewInSeconds)}`,
      action: 'Set the clock of this machine: tokens and recovery points go by it.',
    };
  }
  return { result: 'ok', detail: `healthy, answered in ${tookInMs} ms` };
}

async function signInFinding(
  { around }: Session,
  { signIn, audience }: CliSettings,
): Promise<Omit<Finding, 'check'>> {
  const token = await (await credentialFor(signIn)).getToken(`${audience}/.default`);
  const { name, roles, expiresAt } = claimsOf(token?.token ?? '');
  if (expiresAt !== undefined && expiresAt * 1000 < around.now()) {
    return { result: 'failed', detail: 'the token has expired', action: signInAction(around.environment) };
  }
  return {
    result: 'ok',
    detail: `${name}, roles: ${roles.length === 0 ? 'by assignment' : roles.join(', ')}`,
  };
}

/** What a token says. It is read for people; whether it is good is for the service to say. */
function claimsOf(token: string): { name: string; roles: readonly string[]; expiresAt: number | undefined } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const of = (name: string): unknown =>
      typeof claims === 'object' && claims !== null ? Reflect.get(claims, name) : undefined;
    const [roles, expiresAt] = [of('roles'), of('exp')];
    return {
      name: [of('upn'), of('oid')].find((name) => typeof name === 'string') ?? 'somebody',
      roles: Array.isArray(roles) ? roles.map(String) : [],
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
    };
  } catch {
    return { name: 'somebody', roles: [], expiresAt: undefined };
  }
}

async function agentsFinding(session: Session): Promise<Omit<Finding, 'check'>> {
  const { site, vault, group } = await session.connect();
  const silent: string[] = [];
  let count = 0;
  for await (const { name, properties } of site.replicationRecoveryServicesProviders.list(vault, group)) {
    count++;
    if (properties?.connectionStatus !== 'Connected') silent.push(properties?.friendlyName ?? name ?? '');
  }
  if (silent.length === 0) return { result: 'ok', detail: `${count} connected` };
  return {
    result: 'warning',
    detail: `${silent.length} of ${count} are silent: ${silent.slice(0, 5).join(', ')}`,
    action: 'Make sure that they run and reach the service over HTTPS.',
  };
}

async function machinesFinding(session: Session): Promise<Omit<Finding, 'check'>> {
  const { site, vault, group } = await session.connect();
  const { properties } = await site.replicationVaultHealth.get(vault, group);
  const health = properties?.protectedItemsHealth;
  const critical = health?.categorizedResourceCounts?.['Critical'] ?? 0;
  const detail = `${health?.resourceCount ?? 0} protected, ${critical} critical`;
  return critical === 0
    ? { result: 'ok', detail }
    : { result: 'warning', detail, action: 'lifeboat status --health Critical' };
}
