import { spawn } from 'node:child_process';
import { once } from 'node:events';

describe('the demo', () => {
  it('shows the main job from beginning to end, and that every byte is right', async () => {
    const demo = spawn(process.execPath, ['dist/demo/main.js'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    demo.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    demo.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(demo, 'exit')) as [number | null];
    expect(said).toContain('Done in');
    expect(said.match(/^ {2}ok {2}after \d+ writes/gm)).toHaveLength(3);
    expect(code).toBe(0);
  }, 300_000);
});
