import { generateKeyPair, SignJWT } from 'jose';
import { tokenVerifier } from '../../../shared/arm/identity/tokens';
import { vault, World } from '../../support/arm/world';

describe('a bearer token', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });

  async function statusWith(authorization: string | null): Promise<number> {
    return (await world.ask('GET', `${vault}/replicationFabrics`, { authorization })).status;
  }

  it('of the right issuer, audience, tenant and key is accepted', async () => {
    expect(await statusWith(`Bearer ${await world.issuer.token({ roles: ['Reader'] })}`)).toBe(200);
    expect(await statusWith(`bearer ${await world.issuer.token({ roles: ['Reader'] })}`)).toBe(200);
  });

  it.each([
    ['expired beyond the skew', { expiresIn: -61 }],
    ['not yet valid', { notBefore: 120 }],
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['of an issuer with a longer name', { issuer: 'https://login.example/lifeboat/v2.0/' }],
    ['for another audience', { audience: 'https://lifeboat.example.evil' }],
    ['of another tenant', { tenant: 'LIFEBOAT' }],
    ['that brings its own key address', { header: { jku: 'https://evil.example/keys' }, expiresIn: -61 }],
    ['that names an unknown key', { header: { kid: 'two' } }],
    ['that names a path as its key', { header: { kid: '../../dev/null' } }],
    ['with a critical header nobody knows', { header: { crit: ['x'], x: 1 } }],
  ])('%s is refused', async (_, claims) => {
    const token = await world.issuer.token({ roles: ['Owner'], ...claims }).catch(() => 'a.b.c');
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('with the algorithm %s is refused', async (algorithm) => {
    const [, payload = ''] = (await world.issuer.token({ roles: ['Owner'] })).split('.');
    const header = Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT' })).toString('base64url');
    expect(await statusWith(`Bearer ${header}.${payload}.`)).toBe(401);
    expect(await statusWith(`Bearer ${header}.${payload}.x`)).toBe(401);
  });

  it('signed with the public key as if it were a shared secret is refused', async () => {
    for (const secret of [JSON.stringify(world.issuer.publicJwk), 'secret', world.issuer.names.issuer]) {
      const token = await new SignJWT({ tid: world.issuer.names.tenant, roles: ['Owner'] })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .setIssuer(world.issuer.names.issuer)
        .setAudience(world.issuer.names.audience)
        .setSubject('x')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(secret.padEnd(64, 'x')));
      expect(await statusWith(`Bearer ${token}`)).toBe(401);
    }
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA'])(
    'signed by a stranger with %s is refused',
    async (algorithm) => {
      const { privateKey } = await generateKeyPair(algorithm);
      const token = await world.issuer.token({ roles: ['Owner'], key: privateKey, algorithm });
      expect(await statusWith(`Bearer ${token}`)).toBe(401);
    },
  );

  it('with any part altered is refused', async () => {
    const token = await world.issuer.token({ roles: ['Reader'] });
    const parts = token.split('.');
    for (const index of [0, 1, 2]) {
      const part = parts[index] ?? '';
      const altered = part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`;
      expect(await statusWith(`Bearer ${parts.with(index, altered).join('.')}`)).toBe(401);
    }
  });

  it.each([
    null,
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer a b',
    'Bearer a.b',
    'Bearer ..',
    'Bearer null',
    `Bearer ${'a'.repeat(20_000)}.b.c`,
  ])('that is none (%j) is refused', async (authorization) => {
    expect(await statusWith(authorization)).toBe(401);
  });

  it('that is refused is answered in the envelope, with how to authenticate', async () => {
    const answer = await world.ask('GET', `${vault}/replicationFabrics`, { authorization: null });
    expect(answer.headers['WWW-Authenticate']).toBe('Bearer');
    expect(answer.body.error).toMatchObject({
      code: 'InvalidAuthenticationToken',
      details: [{ recommendedAction: expect.any(String) as string }],
    });
  });

  it('that was good is believed for a while, but neither beyond its end nor beyond its key', async () => {
    let now = Date.now();
    let asked = 0;
    const verify = tokenVerifier({
      ...world.issuer.names,
      clock: { now: () => now, sleep: () => Promise.resolve() },
      keys: (...all) => {
        asked++;
        return world.issuer.keys(...all);
      },
    });
    const token = `Bearer ${await world.issuer.token({ roles: ['Reader'], expiresIn: 300 })}`;
    await verify(token);
    await verify(token);
    expect(asked).toBe(1);
    now += 61_000;
    await verify(token);
    expect(asked).toBe(2);
    now += 360_000;
    await expect(verify(token)).rejects.toMatchObject({ code: 'InvalidAuthenticationToken' });
  });
});
