import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(__dirname, '../../..');
const compiledSample = path.join(repository, 'dist/sample-app/functions');

export interface AppFolder {
  readonly app: string;
  readonly data: string;
  remove(): void;
}

/** A throw-away app made of these files, which may import what this repository has installed. */
export function makeApp(files: Readonly<Record<string, string | object>>): AppFolder {
  const root = mkdtempSync(path.join(tmpdir(), 'host-test-'));
  const app = path.join(root, 'app');
  mkdirSync(app);
  symlinkSync(path.join(repository, 'node_modules'), path.join(app, 'node_modules'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(app, name)), { recursive: true });
    writeFileSync(path.join(app, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { app, data: path.join(root, 'data'), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The compiled sample app, or some of its files: `{http,seen}`. */
export function sampleApp(files: string, hostFile: object = {}): AppFolder {
  const made = makeApp({});
  const main = path.posix.join(path.relative(made.app, compiledSample), `${files}.js`);
  writeFileSync(path.join(made.app, 'package.json'), JSON.stringify({ name: 'sample', main }));
  writeFileSync(path.join(made.app, 'host.json'), JSON.stringify({ version: '2.0', ...hostFile }));
  return made;
}

export const hostEntryFile = path.join(repository, 'dist/local/host/main.js');
