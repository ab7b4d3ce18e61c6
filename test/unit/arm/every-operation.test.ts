import { operations } from '../../../shared/arm/table';
import { type Ask, group, subscription, vaultName, World } from '../../support/arm/world';

const values: Readonly<Record<string, string>> = {
  subscriptionId: subscription,
  resourceGroupName: group,
  resourceName: vaultName,
};
const pathOf = (template: string, names = values): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'any');
const inVault = operations.filter(({ path }) => path.includes('/vaults/{resourceName}/'));
const withBody = operations.filter(({ body }) => body !== undefined);
/** Lists of what a vault keeps; usages are counted, and private links are none. */
const lists = operations.filter(
  ({ answers, name, path }) =>
    answers === 'page' && /\{resourceName\}\/\w+$/.test(path) && !/Usages_|PrivateLink/.test(name),
);
/** As the router sees it: any name fits where a template has one. */
const fits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
const version = 'api-version=2023-06-01';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterEach(() => expect(world.faults).toEqual([]));

type Told = readonly [operation: string, status: number, code: string, isExplained: boolean];

async function told(
  operation: (typeof operations)[number],
  ask: Ask & { readonly path?: string; readonly method?: string } = {},
): Promise<Told> {
  const { name, method } = operation;
  const answer = await world.ask(ask.method ?? method, ask.path ?? pathOf(operation.path), ask);
  const { error } = answer.body as { error?: { code: string; details: Record<string, string>[] } };
  const [detail] = error?.details ?? [];
  const isExplained = [detail?.['possibleCauses'], detail?.['recommendedAction']].every(
    (text) => text?.endsWith('.') === true,
  );
  return [`${name} ${ask.method ?? ''}`, answer.status, error?.code ?? '', isExplained];
}

/** Asks every one of these, and names those that answer something else. */
async function expectAll(
  asked: readonly (typeof operations)[number][],
  ask: Ask | ((operation: (typeof operations)[number]) => Parameters<typeof told>[1]),
  expected: readonly [number, string],
): Promise<void> {
  const others: Told[] = [];
  for (const operation of asked) {
    const each = await told(operation, typeof ask === 'function' ? ask(operation) : ask);
    if (each[1] !== expected[0] || each[2] !== expected[1] || !each[3]) others.push(each);
  }
  expect(asked.length).toBeGreaterThan(0);
  expect(others).toEqual([]);
}

const nested = '{"a":'.repeat(33) + '1' + '}'.repeat(33);

describe('every operation', () => {
  it.each<[string, string, string]>([
    ['no version', '', 'MissingApiVersionParameter'],
    ['a version from before', 'api-version=2015-11-10', 'UnsupportedApiVersion'],
    ['a version that is no date', 'api-version=latest', 'UnsupportedApiVersion'],
  ])('tells who names %s', async (_, query, code) => {
    await expectAll(operations, { query }, [400, code]);
  });

  it.each<[string, string, number, string]>([
    ['is no JSON', '{"a"', 400, 'InvalidRequestContent'],
    ['is deeper than 32', nested, 400, 'InvalidRequestContent'],
    ['poisons prototypes', '{"properties":{"__proto__":{}}}', 400, 'InvalidRequestContent'],
    ['is larger than 1 MiB', `"${'x'.repeat(1_048_576)}"`, 413, 'RequestTooLarge'],
    ['is a list', '[]', 400, 'BadRequest'],
    ['is a text', '"text"', 400, 'BadRequest'],
  ])('that takes a body tells who sends one that %s', async (_, raw, status, code) => {
    await expectAll(withBody, { raw }, [status, code]);
  });

  it('of a vault tells who names one that is none', async () => {
    const path = (template: string): string => pathOf(template, { ...values, resourceName: 'nowhere' });
    await expectAll(inVault, (operation) => ({ path: path(operation.path) }), [404, 'NotFound']);
  });

  it('tells who names what no resource can be called', async () => {
    const named = operations.filter(({ path }) => path.includes('{'));
    const path = (template: string): string => template.replace(/\{\w+\}(?!.*\{)/, '%00');
    const ask = (operation: (typeof operations)[number]) => ({ path: pathOf(path(operation.path)) });
    await expectAll(named, ask, [400, 'BadRequest']);
  });

  it('tells who uses a method that its address does not know', async () => {
    const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
    for (const method of methods) {
      const without = operations.filter(
        ({ path }) => !operations.some((other) => other.method === method && fits(other.path, pathOf(path))),
      );
      await expectAll(without, () => ({ method }), [405, 'MethodNotAllowed']);
    }
  });

  it('is found however its address is spelt', async () => {
    const lost: Told[] = [];
    const shouted = (path: string): string =>
      path
        .split('/')
        .map((part) => (part.startsWith('{') ? part : part.toUpperCase()))
        .join('/');
    for (const operation of operations) {
      // The version is missed only once the operation was found.
      const each = await told(operation, { path: pathOf(shouted(operation.path)), query: '' });
      if (each[2] !== 'MissingApiVersionParameter') lost.push(each);
    }
    expect(lost).toEqual([]);
  });
});

describe('every list', () => {
  const ask = (query: string) => () => ({ query: `${version}&${query}` });
  it('tells who asks for a filter that is none', async () => {
    await expectAll(lists, ask("$filter=a eq 'x"), [400, 'InvalidFilter']);
  });

  it('tells who asks for a page that is none', async () => {
    await expectAll(lists, ask('$top=0'), [400, 'BadRequest']);
  });
});
