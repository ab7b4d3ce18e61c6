import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';

/** Who is calling, as his token says. */
export interface Caller {
  readonly objectId: string;
  readonly name: string;
  /** Roles for the whole installation, from the token. Roles for one vault are in its role assignments. */
  readonly roles: readonly string[];
}

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly tenant: string;
  /** Finds the issuer's key for a token. */
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** Turns an Authorization header into a caller, or refuses. */
export type VerifyToken = (authorization: string | null) => Promise<Caller>;

const Claims = z.looseObject({
  exp: z.number(),
  tid: z.string(),
  oid: z.string().optional(),
  sub: z.string(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  roles: z.array(z.string()).default([]),
});

interface Verified {
  readonly caller: Caller;
  readonly at: number;
  readonly expiresAt: number;
}

const believedInMs = 60_000;
const mostKept = 10_000;

/**
 * Checks tokens of Entra ID, or of an issuer that plays it: everything that could be confused is pinned. A token that was
 * good is believed for a minute, but never beyond its own end.
 */
export function tokenVerifier(rules: TokenRules): VerifyToken {
  const good = new Map<string, Verified>();
  return async (authorization) => {
    const token = bearerOf(authorization);
    const now = rules.clock.now();
    const known = good.get(token);
    if (known !== undefined && Math.abs(now - known.at) < believedInMs && now < known.expiresAt)
      return known.caller;
    good.delete(token);
    const claims = await verified(token, rules);
    if (claims.tid !== rules.tenant) throw unauthenticated('it was made for another tenant');
    const caller = callerIn(claims);
    if (good.size >= mostKept) good.clear();
    good.set(token, { caller, at: now, expiresAt: claims.exp * 1000 });
    return caller;
  };
}

function callerIn(claims: z.infer<typeof Claims>): Caller {
  const objectId = claims.oid ?? claims.sub;
  return {
    objectId,
    name: claims.name ?? claims.preferred_username ?? claims.azp ?? claims.appid ?? objectId,
    roles: claims.roles,
  };
}

async function verified(token: string, rules: TokenRules): Promise<z.infer<typeof Claims>> {
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      issuer: rules.issuer,
      audience: rules.audience,
      algorithms: ['RS256'],
      clockTolerance: 60,
      currentDate: new Date(rules.clock.now()),
      requiredClaims: ['exp', 'iat', 'tid', 'sub'],
    });
    return Claims.parse(payload);
  } catch (error) {
    throw explained(error);
  }
}

function bearerOf(authorization: string | null): string {
  const match = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '');
  const token = match?.[1];
  if (token === undefined || token.length > 16_384)
    throw unauthenticated('there is none, or it is no signed token');
  return token;
}

function explained(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return unauthenticated('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`its claim "${error.claim}" does not fit`);
  if (error instanceof errors.JWKSTimeout || isUnreachable(error)) {
    return new LifeboatError('IdentityUnavailable', 'The keys of the token issuer cannot be read.', {
      cause: error,
    });
  }
  return unauthenticated('it cannot be verified');
}

/** Everything jose itself finds wrong with a token carries its own code; what is left never reached the issuer. */
function isUnreachable(error: unknown): boolean {
  return !(error instanceof errors.JOSEError) && !(error instanceof z.ZodError);
}

function unauthenticated(why: string): LifeboatError {
  return new LifeboatError('InvalidAuthenticationToken', `The bearer token was not accepted: ${why}.`);
}
