import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDirectory } from '../../../local/identity';
import { answer, type IssuerOptions } from '../../../local/identity/issuer';
import { openSigningKey } from '../../../local/identity/signing-key';

const numRuns = process.env['LIFEBOAT_LONG'] === '1' ? 100_000 : 500;
const tenantId = '6c696665-626f-4174-8000-000000000001';
const clientId = '11111111-1111-4111-8111-111111111111';

describe('the token issuer, given anything', () => {
  let folder: string;
  let options: IssuerOptions;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
    const principal = { name: 'app', clientId, objectId: clientId, secret: 'secret', roles: [] };
    options = {
      directory: { tenantId, resources: ['https://api'], principals: [principal] },
      signingKey: await openSigningKey(folder),
      origin: 'https://127.0.0.1:1',
      clock: { now: () => 1_700_000_000_000 },
      newId: () => 'id',
      lifetimeInSeconds: 60,
    };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'client_credentials',
      clientId,
      'secre',
      'https://api/.default',
      '/.default',
      '%',
      '&=',
      ':',
    ),
  );
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('grant_type', 'client_id', 'client_secret', 'scope', '__proto__', 'constructor'),
  );
  const path = fc.oneof(
    fc.string(),
    fc.constantFrom(
      `/${tenantId}/oauth2/v2.0/token`,
      '/common/oauth2/v2.0/token',
      `/${tenantId}/discovery/v2.0/keys`,
      '//',
      '/../x',
    ),
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.tuple(name, word)).map((fields) => new URLSearchParams(fields).toString()),
  );
  const authorization = fc.option(
    fc.oneof(
      word,
      word.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    ),
    { nil: undefined },
  );

  it(`answers in Entra's form and gives no token without the secret (${numRuns} requests)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT'), path, body, authorization, async (...asked) => {
        const [method, where, form, header] = asked;
        const { status, body: said } = await answer(
          { method, path: where, body: form, authorization: header },
          options,
        );
        expect(said).not.toHaveProperty('access_token');
        expect([200, 400, 401, 404]).toContain(status);
        if (status !== 200) expect(said).toHaveProperty('error_description', expect.any(String));
      }),
      { numRuns },
    );
  });

  it(`reads a directory or says what is wrong with it (${numRuns} files)`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(() => readDirectory(text, 'directory.json')).toThrow('directory.json');
        },
      ),
      { numRuns },
    );
  });
});
