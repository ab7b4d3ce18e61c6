import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  createLocalJWKSet,
  type JWTVerifyGetKey,
  type CryptoKey,
} from 'jose';

export interface Issuer {
  readonly names: { readonly issuer: string; readonly audience: string; readonly tenant: string };
  readonly keys: JWTVerifyGetKey;
  readonly publicJwk: object;
  /** A token as the issuer makes it, but for what the test says otherwise. */
  token(claims?: TokenClaims): Promise<string>;
}

export interface TokenClaims {
  readonly roles?: readonly string[];
  readonly objectId?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly tenant?: string;
  /** Seconds from now; negative for one that has expired. */
  readonly expiresIn?: number;
  readonly notBefore?: number;
  readonly key?: CryptoKey;
  readonly algorithm?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

const names = {
  issuer: 'https://login.example/lifeboat/v2.0',
  audience: 'https://lifeboat.example',
  tenant: 'lifeboat',
};

/** Somebody who signs tokens, with a key of his own. */
export async function testIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  return {
    names,
    publicJwk,
    keys: createLocalJWKSet({ keys: [publicJwk] }),
    token: (claims = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const objectId = claims.objectId ?? 'caller';
      return new SignJWT({
        tid: claims.tenant ?? names.tenant,
        oid: objectId,
        roles: claims.roles ?? [],
        ...(claims.notBefore === undefined ? {} : { nbf: now + claims.notBefore }),
      })
        .setProtectedHeader({ alg: claims.algorithm ?? 'RS256', kid: 'one', ...claims.header })
        .setIssuer(claims.issuer ?? names.issuer)
        .setAudience(claims.audience ?? names.audience)
        .setSubject(objectId)
        .setIssuedAt(now)
        .setExpirationTime(now + (claims.expiresIn ?? 3600))
        .sign(claims.key ?? privateKey);
    },
  };
}
