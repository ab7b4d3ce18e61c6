// `npm run sabotage:stack [-- D6 X9 ...]`: in a copy of the compiled tree, each bug of one line must turn the test on the
// whole stack red. Prints which does, and by what. Chosen by the ids of rows, or by any words of its test or its name.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const root = new URL('..', import.meta.url).pathname;
const wanted = process.argv.slice(2);
const isRow = (word) => /^[A-FX]\d+$/.test(word);

async function readTable() {
  const { outputFiles } = await build({
    entryPoints: [`${root}test/scenario/sabotages.ts`],
    ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error' },
  });
  const table = { exports: {} };
  new Function('module', 'exports', outputFiles[0].text)(table, table.exports);
  return table.exports.stackSabotages.filter(
    ({ name, test, title }) =>
      wanted.length === 0 ||
      wanted.some((word) =>
        isRow(word) ? name.startsWith(`${word}: `) : `${test} ${title} ${name}`.includes(word),
      ),
  );
}

/** The whole tree again, so that nobody who works in this one meets a bug that was put there. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'sabotage-'));
  const left = ['.git', 'node_modules', '.lifeboat'].map((name) => join(root, name));
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(path) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);

/** Writes a file of the copy, and what it is compiled to. */
function put(copy, file, text) {
  writeFileSync(join(copy, file), text);
  const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: file });
  writeFileSync(join(copy, 'dist', file.replace(/\.ts$/, '.js')), outputText);
}

function run(copy, { test, title }) {
  const { stdout } = spawnSync(
    process.execPath,
    [
      require.resolve('jest/bin/jest'),
      ...['--rootDir', copy, '--json', '--silent', '--runInBand', '--runTestsByPath', join(copy, test)],
      ...['-t', title],
    ],
    { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
  );
  const { numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(stdout);
  const [message = ''] = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ failureMessages }) => failureMessages),
  );
  // eslint-disable-next-line no-control-regex -- colours
  const plain = message.replace(/\u001b\[\d+m/g, '').split('\n');
  const at = plain.find((line) => line.includes(test)) ?? '';
  return {
    isCaught: numFailedTests > 0 && numRuntimeErrorTestSuites === 0,
    by: `${plain
      .filter((line) => line.trim() !== '')
      .slice(0, 3)
      .join(' ')
      .slice(0, 160)} ${/:\d+:\d+/.exec(at)?.[0] ?? ''}`,
  };
}

const chosen = await readTable();
const copy = copyTree();
let escaped = 0;
try {
  for (const sabotage of chosen) {
    const sound = readFileSync(join(copy, sabotage.file), 'utf8');
    put(copy, sabotage.file, sound.split(sabotage.text).join(sabotage.becomes));
    const { isCaught, by } = run(copy, sabotage);
    put(copy, sabotage.file, sound);
    if (!isCaught) escaped += 1;
    console.log(`${isCaught ? 'caught' : 'NOT CAUGHT'} | ${sabotage.title} | ${sabotage.name} | ${by}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length} bugs, ${escaped} not caught`);
process.exitCode = escaped > 0 ? 1 : 0;
