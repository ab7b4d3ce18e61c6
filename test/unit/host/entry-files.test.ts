import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { entryFiles } from '../../../local/host/core/entry-files';

describe('the files that main names', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'entry-files-'));
    for (const file of [
      'index.js',
      'dist/functions/b.js',
      'dist/functions/a.js',
      'dist/functions/a.js.map',
      'dist/deep/er/c.mjs',
      'node_modules/x/y.js',
    ]) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), '');
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['index.js', ['index.js']],
    ['./index.js', ['index.js']],
    ['missing.js', []],
    ['dist', []],
    ['dist/functions/*.js', ['dist/functions/a.js', 'dist/functions/b.js']],
    [
      'dist/{functions,deep/er}/*.{js,mjs}',
      ['dist/deep/er/c.mjs', 'dist/functions/a.js', 'dist/functions/b.js'],
    ],
    ['dist/**/?.*js', ['dist/deep/er/c.mjs', 'dist/functions/a.js', 'dist/functions/b.js']],
    ['**/*.js', ['dist/functions/a.js', 'dist/functions/b.js', 'index.js']],
    ['nowhere/*.js', []],
  ])('%s', (pattern, expected) => {
    expect(entryFiles(folder, pattern)).toEqual(expected);
  });

  it('may lie outside the app', () => {
    expect(entryFiles(path.join(folder, 'dist/deep'), '../functions/*.js')).toEqual([
      '../functions/a.js',
      '../functions/b.js',
    ]);
  });
});
