import { CatalogueClient } from './catalogue-client';

const container = 'dbs/crash/colls/c';
const docs = `${container}/docs`;
const partitionHeader = { 'x-ms-documentdb-partitionkey': '["p"]' };
const documentsPerWriter = 40;

export interface Losses {
  readonly lost: number;
  readonly invented: number;
  readonly torn: number;
}

interface Progress {
  acknowledged: number;
  attempted: number;
}

/** Writers that remember what was acknowledged to them, across the deaths of the server. */
export class CrashLoad {
  readonly #progress = new Map<string, Progress>();
  #isRunning = false;
  acknowledgedWrites = 0;
  acknowledgedBatches = 0;

  constructor(
    readonly key: string,
    readonly next: () => number,
  ) {}

  async prepare(port: number): Promise<void> {
    const client = new CatalogueClient(port, this.key);
    await client.send({ method: 'POST', path: 'dbs', body: { id: 'crash' } });
    const body = { id: 'c', partitionKey: { paths: ['/partition'] } };
    await client.send({ method: 'POST', path: 'dbs/crash/colls', body });
    client.close();
  }

  /** Runs until the server is gone. */
  async run(port: number, writers: number): Promise<void> {
    const client = new CatalogueClient(port, this.key);
    this.#isRunning = true;
    const loops = Array.from({ length: writers }, (_, writer) => this.#writeFor(client, writer));
    await Promise.all([...loops, this.#batchFor(client)]);
    client.close();
  }

  stop(): void {
    this.#isRunning = false;
  }

  /** Looks at everything that was ever written. */
  async losses(port: number): Promise<Losses> {
    const client = new CatalogueClient(port, this.key);
    const { status, text } = await client.query(docs, 'SELECT c.id, c.n FROM c', partitionHeader);
    if (status !== 200) throw new Error(`the server cannot be read after a crash: ${status} ${text}`);
    const { Documents } = JSON.parse(text) as { Documents: { id: string; n: number }[] };
    const found = new Map(Documents.map(({ id, n }) => [id, n]));
    client.close();
    let [lost, invented] = [0, 0];
    for (const [id, { acknowledged, attempted }] of this.#progress) {
      const n = found.get(id) ?? 0;
      if (n < acknowledged) lost++;
      if (n > attempted) invented++;
    }
    return { lost, invented, torn: found.get('left') === found.get('right') ? 0 : 1 };
  }

  async #writeFor(client: CatalogueClient, writer: number): Promise<void> {
    while (this.#isRunning) {
      const id = `w${writer}-${Math.floor(this.next() * documentsPerWriter)}`;
      const progress = this.#progressOf(id);
      const n = ++progress.attempted;
      const body = { id, partition: 'p', n, filling: 'x'.repeat(200) };
      const headers = { ...partitionHeader, 'x-ms-documentdb-is-upsert': 'true' };
      const answer = await client.send({ method: 'POST', path: docs, headers, body }).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status >= 300) throw new Error(`a write was refused: ${answer.status} ${answer.text}`);
      progress.acknowledged = n;
      this.acknowledgedWrites++;
    }
  }

  /** One batch writes both sides; they must never differ. */
  async #batchFor(client: CatalogueClient): Promise<void> {
    while (this.#isRunning) {
      const sides = ['left', 'right'].map((id) => ({ id, progress: this.#progressOf(id) }));
      const n = Math.max(...sides.map(({ progress }) => ++progress.attempted));
      const body = sides.map(({ id }) => ({
        operationType: 'Upsert',
        resourceBody: { id, partition: 'p', n },
      }));
      const headers = {
        ...partitionHeader,
        'x-ms-cosmos-is-batch-request': 'true',
        'x-ms-cosmos-batch-atomic': 'true',
      };
      const answer = await client.send({ method: 'POST', path: docs, headers, body }).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status !== 200) throw new Error(`a batch was refused: ${answer.status} ${answer.text}`);
      for (const { progress } of sides) progress.acknowledged = n;
      this.acknowledgedBatches++;
    }
  }

  #progressOf(id: string): Progress {
    let progress = this.#progress.get(id);
    if (progress === undefined) this.#progress.set(id, (progress = { acknowledged: 0, attempted: 0 }));
    return progress;
  }
}
