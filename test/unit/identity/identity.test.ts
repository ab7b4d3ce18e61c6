import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificates } from '../../../local/authority';
import { startIdentity, type Directory, type Identity } from '../../../local/identity';
import { azureCredential } from '../../../shared/azure/credential';
import { trust } from '../../support/stack/trust';

const tenantId = '6c696665-626f-4174-8000-000000000001';
const resource = 'https://127.0.0.1:7072';
const directory: Directory = {
  tenantId,
  resources: ['https://storage.azure.com', 'https://management.core.windows.net/', resource],
  principals: [
    {
      name: 'operator',
      clientId: '11111111-1111-4111-8111-111111111111',
      objectId: '22222222-2222-4222-8222-222222222222',
      secret: 'open sesame&=+',
      roles: ['Operator'],
    },
  ],
};
const [operator] = directory.principals as [Directory['principals'][number]];

describe('the local token issuer', () => {
  let folder: string;
  let identity: Identity;
  let tls: { certificate: string; key: string };
  let now: number;
  const start = () =>
    startIdentity({ directory, dataFolder: folder, port: 0, ...tls, clock: { now: () => now } });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-'));
    const files = await openCertificates({ folder, clock: { now: () => Date.now() } });
    trust(await readFile(files.authorityFile, 'utf8'));
    tls = {
      certificate: await readFile(files.certificateFile, 'utf8'),
      key: await readFile(files.keyFile, 'utf8'),
    };
    now = Date.now();
    identity = await start();
  });
  afterAll(async () => {
    await identity.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    now = Date.now();
  });

  const credential = (secret = operator.secret, tenant = tenantId, clientId = operator.clientId) =>
    new ClientSecretCredential(tenant, clientId, secret, {
      authorityHost: identity.origin,
      disableInstanceDiscovery: true,
    });
  const form = (changes: Record<string, string | undefined> = {}) => {
    const fields = {
      grant_type: 'client_credentials',
      client_id: operator.clientId,
      client_secret: operator.secret,
      scope: `${resource}/.default`,
      ...changes,
    };
    return new URLSearchParams(
      Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
    ).toString();
  };
  const ask = (body: string, tenant = tenantId, headers: Record<string, string> = {}) =>
    post(`${identity.origin}/${tenant}/oauth2/v2.0/token`, body, headers);

  const tokenOf = async (body: string) => (await ask(body)).body['access_token'] ?? 'none';

  it('gives the official client-secret credential a token that verifies against its key set', async () => {
    const { token, expiresOnTimestamp } = await credential().getToken(`${resource}/.default`);
    const { payload, protectedHeader } = await verified(identity, token, resource);
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      iss: `${identity.origin}/${tenantId}/v2.0`,
      aud: resource,
      tid: tenantId,
      oid: operator.objectId,
      sub: operator.objectId,
      azp: operator.clientId,
      roles: ['Operator'],
      ver: '2.0',
    });
    expect(expiresOnTimestamp).toBeGreaterThan(now + 3_500_000);
  });

  it('serves the default credential, which reads who it is from the environment', async () => {
    const environment = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: operator.clientId,
      AZURE_CLIENT_SECRET: operator.secret,
      AZURE_AUTHORITY_HOST: identity.origin,
    };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      for (const one of [
        azureCredential({ isPrivateAuthority: true }),
        new DefaultAzureCredential({ disableInstanceDiscovery: true }),
      ]) {
        const { token } = await one.getToken('https://storage.azure.com/.default');
        await expect(verified(identity, token, 'https://storage.azure.com')).resolves.toBeDefined();
      }
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  it('lets tokens expire by its own clock', async () => {
    const token = await tokenOf(form());
    const remote = keySet(identity);
    await expect(jwtVerify(token, remote, { currentDate: new Date(now + 3_599_000) })).resolves.toBeDefined();
    await expect(jwtVerify(token, remote, { currentDate: new Date(now + 3_601_000) })).rejects.toThrow('exp');
    now += 7_200_000;
    const later = await tokenOf(form());
    await expect(jwtVerify(later, remote, { currentDate: new Date(now) })).resolves.toBeDefined();
  });

  it('signs with the same key after a restart', async () => {
    const token = await tokenOf(form());
    await identity.stop();
    identity = await start();
    await expect(jwtVerify(token, keySet(identity))).resolves.toBeDefined();
  });

  it('writes the audience as the caller wrote the resource', async () => {
    const token = await tokenOf(form({ scope: 'https://management.core.windows.net//.default' }));
    const { payload } = await jwtVerify(token, keySet(identity));
    expect(payload.aud).toBe('https://management.core.windows.net/');
  });

  it('takes the secret in the header as well', async () => {
    const basic = Buffer.from(`${operator.clientId}:${operator.secret}`).toString('base64');
    const answer = await ask(form({ client_id: undefined, client_secret: undefined }), tenantId, {
      authorization: `Basic ${basic}`,
    });
    expect(answer.status).toBe(200);
  });

  const noClient = { client_id: undefined };
  it.each([
    { what: 'a wrong secret', changes: { client_secret: 'guess' }, is: [401, 'invalid_client', 7000215] },
    { what: 'an unknown client', changes: { client_id: tenantId }, is: [400, 'unauthorized_client', 700016] },
    { what: 'an unknown tenant', tenant: 'elsewhere', is: [400, 'invalid_request', 90002] },
    {
      what: 'an unknown resource',
      changes: { scope: 'https://no/.default' },
      is: [400, 'invalid_resource', 500011],
    },
    { what: 'a scope that is no default', changes: { scope: resource }, is: [400, 'invalid_scope', 1002012] },
    { what: 'no client', changes: noClient, is: [400, 'invalid_request', 900144] },
    { what: 'another grant', changes: { grant_type: 'x' }, is: [400, 'unsupported_grant_type', 70003] },
  ])('refuses $what as Entra does', async ({ changes, tenant, is: [status, error, code] }) => {
    const answer = await ask(form(changes), tenant);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error,
      error_codes: [code],
      error_description: expect.stringContaining(`AADSTS${code}:`),
    });
  });

  it('lets the official client explain a refusal', async () => {
    await expect(credential('guess').getToken(`${resource}/.default`)).rejects.toThrow('AADSTS7000215');
    await expect(credential().getToken('https://nowhere/.default')).rejects.toThrow('AADSTS500011');
  });

  it.each([
    ['{"json": true}', 400],
    ['%%%&&&==', 400],
    ['client_id=a&client_id=b&grant_type=client_credentials', 400],
    ['x'.repeat(70_000), 413],
  ])('survives a malformed request (%#)', async (body, status) => {
    expect((await ask(body)).status).toBe(status);
    expect((await ask(form())).status).toBe(200);
  });
});

function keySet({ origin }: Identity) {
  const get = async (url: string) => {
    const { status, body } = await send(url, 'GET');
    return new Response(JSON.stringify(body), { status });
  };
  return createRemoteJWKSet(new URL(`${origin}/${tenantId}/discovery/v2.0/keys`), { [customFetch]: get });
}

const verified = (identity: Identity, token: string, audience: string) =>
  jwtVerify(token, keySet(identity), { issuer: identity.issuer, audience, algorithms: ['RS256'] });

const post = (url: string, body: string, headers: Record<string, string>) =>
  send(url, 'POST', { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body);

function send(
  url: string,
  method: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<{ status: number; body: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, string> }),
      );
    });
    call.on('error', reject).end(body);
  });
}
