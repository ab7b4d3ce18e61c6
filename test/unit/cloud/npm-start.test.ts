import { BlobServiceClient } from '@azure/storage-blob';
import { decodeJwt } from 'jose';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Ports } from '../../../local/cloud';
import { command, portWords, type Command } from '../../support/stack/command';
import { trust } from '../../support/stack/trust';

const isUp = /is up in [\d.]+ s/;

describe('npm start', () => {
  let dataFolder: string;
  let ports: Ports;
  let cloud: Command;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'npm-start-'));
    ports = await freePorts();
    cloud = start();
    await cloud.says(isUp);
    trust(await readFile(join(dataFolder, 'authority', 'authority.pem'), 'utf8'));
  });
  afterAll(async () => {
    cloud.signal('SIGTERM');
    await cloud.ended;
    await rm(dataFolder, { recursive: true, maxRetries: 5, retryDelay: 100 });
  });

  const start = (folder = dataFolder, on = ports) =>
    command('dist/local/main.js', '--data', folder, ...portWords(on));
  const token = (...words: string[]) => command('dist/local/cloud/token-main.js', ...words);
  const health = async () =>
    (await fetch(`https://127.0.0.1:${ports['host-https']}/api/health`).catch(() => undefined))?.status;

  it('serves, and says where and how fast', async () => {
    const output = cloud.output();
    expect(output).toMatch(isUp);
    expect(output).toContain(`https://127.0.0.1:${ports['host-https']}`);
    expect(output).toContain(`Endpoint=sb://127.0.0.1:${ports.servicebus};`);
    expect(output).toContain(`AccountEndpoint=http://127.0.0.1:${ports.cosmos};`);
    expect(await health()).toBe(200);
  });

  it('refuses a data folder that another one runs on, and leaves that one alone', async () => {
    const second = start(dataFolder, await freePorts());
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`A local cloud is running on ${dataFolder} already`);
    expect(await health()).toBe(200);
  });

  it('lets a person have a token', async () => {
    const operator = token('--as', 'operator', '--data', dataFolder);
    expect(await operator.ended).toBe(0);
    expect(decodeJwt(operator.output().trim())).toMatchObject({
      name: 'operator',
      roles: ['Operator'],
      aud: `https://127.0.0.1:${ports['host-https']}`,
    });
  });

  it.each([
    [['--as', 'operator', '--data', '/nowhere'], 'npm start brings it up'],
    [['--as', 'nobody'], '--as app | owner | contributor | operator | reader'],
    [['--as', 'reader', '--for', 'https://nowhere'], 'AADSTS500011'],
  ])('says why there is no token: %j', async (words, reason) => {
    const refused = token('--data', dataFolder, ...words);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(reason);
  });

  it('names the port that is taken, and the option that moves it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'npm-start-'));
    const taken = { ...(await freePorts()), cosmos: ports.cosmos };
    const refused = start(folder, taken);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${ports.cosmos}, for cosmos, is taken`);
    expect(refused.output()).toContain('--port cosmos=<number>');
    await rm(folder, { recursive: true });
  });

  it('leaves nothing running when it is killed, continues where it left off, and ends clean', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'npm-start-'));
    const on = await freePorts();
    const first = start(folder, on);
    const output = await first.says(isUp);
    trust(await readFile(join(folder, 'authority', 'authority.pem'), 'utf8'));
    const account = /cache storage +(\S+)/.exec(output)?.[1] ?? 'none';
    const container = BlobServiceClient.fromConnectionString(account).getContainerClient('kept');
    await container.create();
    await container.getBlockBlobClient('word').upload('given', 5);
    first.signal('SIGKILL');
    await first.ended;

    const second = start(folder, on);
    expect(await second.says(isUp)).toContain(account);
    expect((await container.getBlobClient('word').downloadToBuffer()).toString()).toBe('given');
    second.signal('SIGINT');
    expect(await second.ended).toBe(0);
    expect(await takenPorts(on)).toEqual([]);
    await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 100 });
  });
});

async function takenPorts(ports: Ports): Promise<string[]> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const probe = createServer();
    await new Promise<void>((resolve) => {
      probe.once('error', () => resolve(void taken.push(name)));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
    });
  }
  return taken;
}
