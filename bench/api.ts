/**
 * How fast the API answers, beside a function that does nothing on the same host program in the same run:
 * `npm run bench:api -- --sizes 10,1000,100000`. Point reads should reach half of bare; a page should cost what is on it,
 * however large the vault.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { builtParts, freePorts, startCloud, type Cloud } from '../local/cloud';
import { startHostProcess, type HostProcess } from '../local/host/process/start-host-process';
import { checkedKey } from '../shared/azure/cosmos/cosmos-ids';
import { cosmosRecords } from '../shared/azure/cosmos-records';
import { resourceKey } from '../shared/model/resource-id';

const programs = path.join(__dirname, '..', 'local');
const subscription = '11111111-2222-4333-8444-555555555555';
const vaults = `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults`;
const version = 'api-version=2023-06-01';
/** Requests before each measure, so that both sides run compiled code. */
const warming = 2_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

interface Asked {
  readonly method?: string;
  readonly body?: object;
  readonly token?: string;
}

interface Measured {
  readonly perSecond: number;
  readonly slowestOfHundredInMs: number;
}

function ask(url: string, { method = 'GET', body, token }: Asked = {}): Promise<number> {
  const headers = {
    'Content-Type': 'application/json',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        const status = answer.statusCode ?? 500;
        if (status < 400) resolve(status);
        else reject(new Error(`${method} ${url} answered ${status}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** `count` times, so many at once; how many in a second, and how long the slowest one in a hundred took. */
async function measure(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<Measured> {
  const durations: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const begun = performance.now();
      await work(index);
      durations.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const perSecond = (count * 1000) / (performance.now() - startedAt);
  const sorted = durations.toSorted((left, right) => left - right);
  return { perSecond, slowestOfHundredInMs: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN };
}

/**
 * A host with one function that answers a few bytes to everything; told a partition and an id, it first reads that one
 * document by the official client, with nothing of ours around it. Its settings are those of the host it is held against.
 */
async function startBare(folder: string, { facts }: Cloud): Promise<HostProcess> {
  const app = path.join(folder, 'bare');
  mkdirSync(path.join(app, 'functions'), { recursive: true });
  symlinkSync(path.resolve(__dirname, '../../node_modules'), path.join(app, 'node_modules'));
  const settings = { version: '2.0', extensions: { http: { routePrefix: '' } } };
  writeFileSync(path.join(app, 'host.json'), JSON.stringify(settings));
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ main: 'functions/*.js' }));
  const account = JSON.stringify({ endpoint: facts['cosmos.endpoint'], key: facts['cosmos.key'] });
  writeFileSync(
    path.join(app, 'functions', 'bare.js'),
    `const { CosmosClient } = require('@azure/cosmos');
    const records = new CosmosClient(${account}).database('lifeboat').container('records');
    require('@azure/functions').app.http('bare', { route: '{*path}', authLevel: 'anonymous', handler: async ({ query }) => {
      const id = query.get('id');
      if (id === null) return { status: 200, jsonBody: { status: 'bare' } };
      return { status: 200, jsonBody: (await records.item(id, query.get('partition')).read()).resource };
    } });`,
  );
  return startHostProcess({ appFolder: app, dataFolder: path.join(folder, 'bare-data'), port: 0 });
}

/** A token of the local issuer, for somebody who may do everything. */
function ownerToken({ facts }: Cloud): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: facts['principal.owner.clientId'] ?? '',
    client_secret: facts['principal.owner.secret'] ?? '',
    scope: `${facts['host.secureEndpoint'] ?? ''}/.default`,
  });
  const url = `${facts['identity.endpoint'] ?? ''}/${facts['identity.tenantId'] ?? ''}/oauth2/v2.0/token`;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const ca = readFileSync(facts['authority.file'] ?? '');
  return new Promise((resolve, reject) => {
    const outgoing = https.request(url, { method: 'POST', headers, ca }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve((JSON.parse(text) as { access_token: string }).access_token));
    });
    outgoing.on('error', reject);
    outgoing.end(form.toString());
  });
}

/** Items straight into the catalogue, as enabling protection would have left them. */
async function fill(cloud: Cloud, vault: string, size: number): Promise<void> {
  const { facts } = cloud;
  const records = cosmosRecords({
    endpoint: facts['cosmos.endpoint'] ?? '',
    key: facts['cosmos.key'] ?? '',
    database: 'lifeboat',
  });
  const id = `${vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems`;
  await measure(size, 32, (index) => {
    const item = `${id}/item-${String(index).padStart(7, '0')}`;
    const key = resourceKey(item);
    if (key === undefined) throw new Error(`${item} has no key`);
    return records.put(key, {
      ...{ id: item, name: item.split('/').at(-1), type: 'x/replicationProtectedItems' },
      properties: {
        ...{
          friendlyName: `machine ${index}`,
          internalId: String(index),
          scenario: 'A2A',
          instanceType: 'A2A',
        },
        ...{ policyId: `${vault}/replicationPolicies/p`, state: 'Protected', testFailover: 'None' },
        ...{ resyncRequired: false, health: 'Normal', failoverHealth: 'Normal', healthErrors: [], disks: [] },
        ...{ initialCopyPercent: 100, enabledWith: {}, target: {} },
      },
    });
  });
}

/** Where the catalogue keeps a resource, as the bare function is told. */
function documentQuery(id: string): string {
  const key = resourceKey(id);
  if (key === undefined) throw new Error(`${id} has no key`);
  return new URLSearchParams({ ...checkedKey(key) }).toString();
}

function row(what: string, { perSecond, slowestOfHundredInMs }: Measured, bare: Measured): void {
  const ratio = (perSecond / bare.perSecond).toFixed(2);
  console.log(`| ${what} | ${perSecond.toFixed(0)} /s | ${slowestOfHundredInMs.toFixed(1)} ms | ${ratio} |`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: 'string', default: '10,1000,100000' } } });
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-api-'));
  const cloud = await startCloud({
    ...{
      dataFolder: path.join(folder, 'cloud'),
      programs,
      parts: builtParts(programs),
      ports: await freePorts(),
    },
    declarationFile: 'local.cloud.json',
    onLine: () => undefined,
    say: () => undefined,
  });
  const bare = await startBare(folder, cloud);
  try {
    const { facts } = cloud;
    const token = await ownerToken(cloud);
    const origin = facts['host.endpoint'] ?? '';
    console.log('| what | rate | 99 of 100 within | of bare |\n|---|---|---|---|');
    const bareUrl = `http://127.0.0.1:${bare.port}/any/path`;
    await measure(warming, 16, () => ask(bareUrl));
    const nothing = await measure(3_000, 16, () => ask(bareUrl));
    row('a function that does nothing', nothing, nothing);
    for (const size of values.sizes.split(',').map(Number)) {
      const vault = `${vaults}/v${size}`;
      const url = (rest: string): string => `${origin}${vault}${rest}`;
      const body = { location: 'here', sku: { name: 'Standard' } };
      await ask(url(`?${version}`), { method: 'PUT', body, token });
      await fill(cloud, vault, size);
      const item = `/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/item-0000003`;
      const read = (): Promise<number> => ask(url(`${item}?${version}`), { token });
      const alone = `${bareUrl}?${documentQuery(`${vault}${item}`)}`;
      await measure(warming, 16, () => ask(alone));
      row(`by the client alone, of ${size} items`, await measure(3_000, 16, () => ask(alone)), nothing);
      await measure(warming, 16, read);
      row(`read one of ${size} items`, await measure(3_000, 16, read), nothing);
      for (const top of [100, 1_000]) {
        const page = `/replicationProtectedItems?${version}&$top=${top}`;
        row(
          `list ${Math.min(top, size)} of ${size} items`,
          await measure(100, 4, () => ask(url(page), { token })),
          nothing,
        );
      }
      const policy = {
        properties: { providerSpecificInput: { instanceType: 'A2A', multiVmSyncStatus: 'Enable' } },
      };
      const create = (index: number): Promise<number> =>
        ask(url(`/replicationPolicies/p${index}?${version}`), { method: 'PUT', body: policy, token });
      row(`create beside ${size} items`, await measure(200, 8, create), nothing);
    }
  } finally {
    agent.destroy();
    await bare.stop();
    await cloud.stop();
    rmSync(folder, { recursive: true, maxRetries: 3 });
  }
}

void main();
