import fc from 'fast-check';
import { parseHostFile } from '../../../local/host/config/host-file';
import { parseLocalSettings } from '../../../local/host/config/local-settings';
import { connectionString, substitute } from '../../../local/host/config/settings';
import { parseTimeSpan } from '../../../local/host/config/time-span';
import { HostError } from '../../../local/host/host-error';

const runs = process.env['LIFEBOAT_LONG'] === '1' ? 100_000 : 1_000;

/** JSON texts of the right shape with one value in ten replaced by nonsense, and plain nonsense. */
const almostHostFile = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({
      version: fc.oneof(fc.constant<unknown>('2.0'), fc.anything()),
      functionTimeout: fc.oneof(fc.constant<unknown>('00:05:00'), fc.string(), fc.anything()),
      extensions: fc.record({ http: fc.anything(), serviceBus: fc.anything(), durableTask: fc.anything() }),
      logging: fc.anything(),
    })
    .map((file) => safeJson(file)),
);

function safeJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

describe('host.json', () => {
  it('has the defaults of the real host', () => {
    expect(parseHostFile('{"version":"2.0"}')).toMatchObject({
      functionTimeoutInMs: 30 * 60_000,
      routePrefix: 'api',
      serviceBus: {
        maxConcurrentCalls: 16,
        maxConcurrentSessions: 8,
        sessionIdleTimeout: 60_000,
        maxMessageBatchSize: 1000,
      },
      durableTask: { hubName: 'TestHubName' },
    });
  });

  it('lets a function run for ever with functionTimeout -1', () => {
    expect(parseHostFile('{"version":"2.0","functionTimeout":"-1"}').functionTimeoutInMs).toBeNull();
  });

  it.each([
    ['{"version":"1.0"}', 'version: must be "2.0"'],
    ['{', 'is not JSON'],
    ['[]', '(the whole file)'],
    ['{"version":"2.0","functionTimeout":"soon"}', 'functionTimeout'],
    ['{"version":"2.0","extensions":{"http":{"routePrefix":5}}}', 'extensions.http.routePrefix'],
    [
      '{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentSessions":0}}}',
      'extensions.serviceBus.maxConcurrentSessions',
    ],
    [
      '{"version":"2.0","extensions":{"serviceBus":{"sessionIdleTimeout":"-00:00:01"}}}',
      'sessionIdleTimeout: must be a time span',
    ],
    ['{"version":"2.0","extensions":{"serviceBus":{"autoCompleteMessages":false}}}', 'autoCompleteMessages'],
    ['{"version":"2.0","logging":{"logLevel":{"default":"Loud"}}}', 'logging.logLevel.default'],
  ])('is refused by file and key: %s', (text, reason) => {
    expect(() => parseHostFile(text)).toThrow(HostError);
    expect(() => parseHostFile(text)).toThrow(`host.json: `);
    expect(() => parseHostFile(text)).toThrow(reason);
  });

  it('is either understood or refused, whatever it holds', () => {
    fc.assert(
      fc.property(almostHostFile, (text) => {
        expectUnderstoodOrRefused(() => parseHostFile(text), 'host.json: ');
      }),
      { numRuns: runs },
    );
  });
});

describe('local.settings.json', () => {
  it('turns values into text', () => {
    expect(parseLocalSettings('\uFEFF{"IsEncrypted":false,"Values":{"A":"x","B":1,"C":true}}')).toEqual({
      A: 'x',
      B: '1',
      C: 'true',
    });
  });

  it.each([
    ['{"IsEncrypted":true,"Values":{}}', 'IsEncrypted: true is not supported'],
    ['{"Values":{"A":{}}}', 'Values.A: must be a string'],
    ['{"Values":{"A=B":"x"}}', 'Values.A=B'],
    ['{"Values":[1]}', 'Values'],
    ['nonsense', 'is not JSON'],
  ])('is refused by file and key: %s', (text, reason) => {
    expect(() => parseLocalSettings(text)).toThrow(`local.settings.json: `);
    expect(() => parseLocalSettings(text)).toThrow(reason);
  });

  it('is either understood or refused, and what is understood fits an environment', () => {
    const almost = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ Values: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.anything())) }).map(safeJson),
    );
    fc.assert(
      fc.property(almost, (text) => {
        const values = expectUnderstoodOrRefused(() => parseLocalSettings(text), 'local.settings.json: ');
        for (const [name, value] of Object.entries(values ?? {})) process.env[`FUZZ_${name}`] = value;
        for (const name of Object.keys(values ?? {})) delete process.env[`FUZZ_${name}`];
      }),
      { numRuns: runs },
    );
  });
});

function expectUnderstoodOrRefused<T>(parse: () => T, prefix: string): T | undefined {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    expect((error as Error).message.startsWith(prefix)).toBe(true);
    return undefined;
  }
}

describe('settings', () => {
  const settings = (name: string) => ({ A: 'x', AzureWebJobsB: 'y', C__fullyQualifiedNamespace: 'z' })[name];

  it('replaces every %NAME%', () => {
    expect(substitute('%A%-%A%', settings, 'schedule')).toBe('x-x');
  });

  it('names the key whose %NAME% does not resolve', () => {
    expect(() => substitute('%Z%', settings, 'schedule')).toThrow('schedule: %Z% does not resolve');
  });

  it('finds connections under their name, then under AzureWebJobs', () => {
    expect(connectionString('A', settings, 'connection')).toBe('x');
    expect(connectionString('B', settings, 'connection')).toBe('y');
    expect(() => connectionString('C', settings, 'connection')).toThrow('needs an identity');
    expect(() => connectionString('D', settings, 'connection')).toThrow('connection setting D is missing');
  });
});

describe('a time span', () => {
  it.each([
    ['00:00:01', 1_000],
    ['00:00:00.5', 500],
    ['1.02:03:04', ((24 + 2) * 60 + 3) * 60_000 + 4_000],
    ['-00:01:00', -60_000],
    ['23:59', (23 * 60 + 59) * 60_000],
    ['24:00:00', undefined],
    ['1:2:3', undefined],
    ['', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });
});
