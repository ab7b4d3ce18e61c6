import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultKinds, FaultPlan, type FaultKind } from '../../support/fault-proxy/faults';
import { FaultProxy } from '../../support/fault-proxy/fault-proxy';

let arrived: string[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      arrived.push(body);
      response.end('the answer');
    });
    request.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (arrived = []));

async function through(kind: FaultKind): Promise<{ answer: string; status: number; arrivals: number }> {
  const { port } = server.address() as AddressInfo;
  const proxy = await FaultProxy.start({
    toPort: port,
    seed: 1,
    rate: 1,
    kinds: [kind],
    mayCorrupt: () => true,
  });
  try {
    const said = await fetch(`http://127.0.0.1:${proxy.port}/x`, { method: 'PUT', body: 'the body' }).then(
      async (response) => ({ status: response.status, answer: await response.text().catch(() => 'cut') }),
      () => ({ status: 0, answer: 'none' }),
    );
    await proxy.settled();
    expect(proxy.plan.counts).toEqual({ [kind]: 1 });
    return { ...said, arrivals: arrived.filter((body) => body === 'the body').length };
  } finally {
    await proxy.stop();
  }
}

describe('the fault proxy', () => {
  it.each([
    ['drop', { answer: 'none', arrivals: 0 }],
    ['delay', { answer: 'the answer', status: 200, arrivals: 1 }],
    ['duplicate', { answer: 'the answer', status: 200, arrivals: 2 }],
    ['cutRequest', { answer: 'none', arrivals: 0 }],
    ['lost', { answer: 'none', arrivals: 1 }],
    ['busy', { arrivals: 0 }],
    ['cutAnswer', { answer: 'cut', arrivals: 1 }],
    ['corrupt', { status: 200, arrivals: 1 }],
  ] as const)('can %s', async (kind, expected) => {
    const said = await through(kind);
    expect(said).toMatchObject(expected);
    expect(['busy', 'corrupt'].includes(kind) && said.answer === 'the answer').toBe(false);
  });

  it('decides the same for the same request under the same seed, whatever else passes', () => {
    const fates = (seed: number, noise: number): (string | undefined)[] => {
      const plan = new FaultPlan({ seed, rate: 0.5 });
      return Array.from({ length: 50 }, () => {
        for (let other = 0; other < noise; other += 1) plan.next(`other ${other}`);
        return plan.next('PUT /disk')?.kind;
      });
    };
    expect(fates(1, 3)).toEqual(fates(1, 0));
    expect(fates(2, 0)).not.toEqual(fates(1, 0));
    expect(new Set(fates(1, 0)).size).toBeGreaterThan(4);
    expect(faultKinds).toHaveLength(8);
  });
});
