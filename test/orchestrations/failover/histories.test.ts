import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failoverOrchestrations } from '../../support/failover/engine-app';
import { historyFile, readHistoryFile, replayHistory } from '../../support/history-recorder';

const shipped = Object.entries(failoverOrchestrations);

function namesOf(orchestration: string): string[] {
  const folder = join('test', 'histories', orchestration);
  return existsSync(folder) ? readdirSync(folder).map((file) => file.replace('.json', '')) : [];
}

// A shipped orchestration never changes what it asks for: what is different has a new name, and the old one stays
// until no instance of it is left. docs/decisions tells why.
describe('I12 the orchestrations of failing over and of plans', () => {
  it('each have a recorded history', () => {
    expect(shipped.map(([name]) => name).filter((name) => namesOf(name).length === 0)).toEqual([]);
  });

  it.each(shipped)('are held to what they once asked for: %s', async (orchestration, handler) => {
    for (const name of namesOf(orchestration)) {
      const recorded = readHistoryFile(historyFile(orchestration, name));
      await expect(replayHistory(handler, recorded)).resolves.toBeUndefined();
    }
  });
});
