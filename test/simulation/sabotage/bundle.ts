import { readFile } from 'node:fs/promises';
import Module from 'node:module';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { allRules, type AgentRules } from '../agent-rules';
import type { simulate } from '../simulate';
import type { Sabotage } from './sabotage-table';

export type Simulate = typeof simulate;

/** The simulation, and all production code under it, with one line changed. The files themselves stay as they are. */
export async function bundleSimulation(
  root: string,
  { name, code }: Pick<Sabotage, 'name' | 'code'>,
): Promise<Simulate> {
  let isDone = code === undefined;
  const change: Plugin = {
    name: 'sabotage',
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (code === undefined || path !== join(root, code.file)) return { contents: text, loader: 'ts' };
        const parts = text.split(code.text);
        if (parts.length !== 2)
          throw new Error(`"${name}": its line stands ${parts.length - 1} times in ${code.file}`);
        isDone = true;
        return { contents: parts.join(code.becomes), loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/simulation/simulate.ts')],
    ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'silent' },
    external: ['zod', 'lz4-napi'],
    plugins: [change],
  });
  if (!isDone) throw new Error(`"${name}": ${code?.file ?? ''} is not part of the simulation`);
  return load(root, outputFiles[0]?.text ?? '');
}

export function rulesOf({ rule }: Sabotage): AgentRules {
  return rule === undefined ? allRules : { ...allRules, [rule]: false };
}

function load(root: string, text: string): Simulate {
  const loaded = { exports: {} as { readonly simulate: Simulate } };
  const run = runInThisContext(`(function (require, module, exports) {${text}\n})`) as (
    ...parameters: unknown[]
  ) => void;
  run(Module.createRequire(join(root, 'package.json')), loaded, loaded.exports);
  return loaded.exports.simulate;
}
