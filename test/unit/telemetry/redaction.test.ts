import { consoleLog } from '../../../agent/system/console-log';
import { lineLogTo } from '../../../shared/system/line-log';
import { redacted } from '../../../shared/system/redacted';
import { leaks } from '../../support/stack/leaks';

const value = 'Zm9yLXlvdXItZXllcy1vbmx5LTAxMjM0NTY3ODk';
const token = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.${value}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----`;

/** Sentences as they get into logs, each with one secret in it. */
const sentences: readonly (readonly [what: string, sentence: string])[] = [
  [
    'a grant in an address',
    `PUT https://cache.example/logs-1/00000000001?sv=2025-07-05&sig=${value}&sp=c answered 403`,
  ],
  ['a grant at the end', `https://cache.example/logs-1?sp=c&sig=${value}`],
  ['a grant that is encoded again', `redirect=https%3A%2F%2Fcache.example%3Fsp%3Dc%26sig%3D${value}`],
  ['a bearer token', `Authorization: Bearer ${value}`],
  ['a token by itself', `the token ${token} is expired`],
  ['a token without its signature', `payload ${token.slice(0, token.lastIndexOf('.'))}`],
  [
    'a connection string',
    `Endpoint=sb://bus.example;SharedAccessKeyName=root;SharedAccessKey=${value};EntityPath=q`,
  ],
  ['an account key', `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${value}==;EndpointSuffix=x`],
  ['a form', `grant_type=client_credentials&client_secret=${value}&scope=x`],
  ['a registration token', `registering with lb1.${value}`],
  ['a private key', `the key is ${pem}`],
  ['a body', JSON.stringify({ token: value, name: 'web' })],
  ['a body in a body', JSON.stringify({ message: JSON.stringify({ webhookSecret: value }) })],
  ['a body with another case', JSON.stringify({ clientSecret: value })],
  ['headers', `{ 'authorization': '${value}' }`],
];

const secret = new RegExp(`${value}|eyJhbGciOiJSUzI1NiJ9\\.eyJzdWIi`);

describe('a log', () => {
  it.each(sentences)('does not carry %s', (_, sentence) => {
    expect(sentence).toMatch(secret);
    const lines: string[] = [];
    const logs = [
      lineLogTo((line) => lines.push(line)),
      consoleLog({ now: () => 0, sleep: () => Promise.resolve() }, (line) => lines.push(line)),
    ];
    for (const log of logs) {
      log.error(sentence);
      log.warn('failed', { message: sentence });
      log.info('failed', { inner: { cause: [sentence] } });
    }
    expect(lines).toHaveLength(6);
    expect(lines.filter((line) => secret.test(line))).toEqual([]);
    expect(lines.filter((line) => !line.includes('***'))).toEqual([]);
  });

  it('says everything else as it is', () => {
    const plain = [
      'log 17 of replica 3f2a was applied in 12 ms',
      'https://cache.example/logs-1/00000000001?comp=list&restype=container',
      '{"level":"info","what":"a token was made","vault":"harbour","keyVault":"kv-1"}',
      'the design of signals: sigma=3',
    ];
    expect(plain.map(redacted)).toEqual(plain);
  });

  it('stays valid JSON', () => {
    const lines: string[] = [];
    const log = lineLogTo((line) => lines.push(line));
    for (const [what, sentence] of sentences) log.error(what, { sentence });
    expect(lines.map((line) => (JSON.parse(line) as { what: string }).what)).toEqual(
      sentences.map(([what]) => what),
    );
  });

  it('is not held up by a long line', () => {
    const long = `${'sig'.repeat(50_000)} ${'Bearer '.repeat(20_000)} ${'eyJ'.repeat(50_000)} ${'"'.repeat(50_000)}`;
    expect(redacted(long).length).toBeLessThanOrEqual(long.length + 100_000);
  });
});

describe('the log of a whole cloud', () => {
  const facts = { 'cosmos.key': 'a2V5IG9mIHRoZSBjYXRhbG9ndWU=', 'host.endpoint': 'http://127.0.0.1:7071' };

  it.each(sentences.filter(([what]) => /grant at|itself|registration|private/.test(what)))(
    'is refused with %s',
    (_, sentence) => {
      expect(leaks(['host | fine', `host | ${sentence}`], facts)).toHaveLength(1);
      expect(leaks([`host | ${redacted(sentence)}`], facts)).toEqual([]);
    },
  );

  it("is refused with the cloud's own keys, and with nothing else of it", () => {
    const lines = Object.values(facts).map((fact) => `host | ${fact}`);
    expect(leaks(lines, facts)).toEqual([lines[0]]);
  });
});
