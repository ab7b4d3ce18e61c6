import { timingSafeEqual } from 'node:crypto';
import { type AccessKey } from './sas-token';

/** One attempt to log in, as rhea drives it. */
interface Mechanism {
  outcome: boolean | undefined;
  start(response: Buffer | undefined): void;
}

/** Clients that bring a token say nothing here and put the token to `$cbs`; PLAIN names the key and says it. */
export function saslMechanisms(accessKey: AccessKey, onKnown: () => void): Record<string, () => Mechanism> {
  const letPass = (): Mechanism => {
    const mechanism: Mechanism = {
      outcome: undefined,
      start: () => {
        mechanism.outcome = true;
      },
    };
    return mechanism;
  };
  const checkKey = (): Mechanism => {
    const mechanism: Mechanism = {
      outcome: undefined,
      start: (response) => {
        mechanism.outcome = isKeyRight(response, accessKey);
        if (mechanism.outcome) onKnown();
      },
    };
    return mechanism;
  };
  return { MSSBCBS: letPass, ANONYMOUS: letPass, PLAIN: checkKey };
}

function isKeyRight(response: Buffer | undefined, { name, key }: AccessKey): boolean {
  const [, givenName, givenKey] = (response ?? Buffer.alloc(0)).toString('utf8').split('\0');
  const given = Buffer.from(`${givenName ?? ''}\0${givenKey ?? ''}`);
  const expected = Buffer.from(`${name}\0${key}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
