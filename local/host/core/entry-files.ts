import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files under `folder` that match the pattern: `*`, `**`, `?` and `{a,b}`, as `main` in package.json may use. Sorted. */
export function entryFiles(folder: string, pattern: string): readonly string[] {
  const clean = path.posix.normalize(pattern.replaceAll('\\', '/')).replace(/^\.\//, '');
  if (!/[*?{]/.test(clean)) return isFile(path.join(folder, clean)) ? [clean] : [];
  const matcher = globToRegExp(clean);
  const fixed = clean.slice(0, clean.search(/[*?{]/)).replace(/[^/]*$/, '');
  return walk(folder, fixed)
    .filter((file) => matcher.test(file))
    .sort();
}

function walk(folder: string, relative: string): readonly string[] {
  const here = path.join(folder, relative);
  if (!isFolder(here)) return [];
  return readdirSync(here, { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(relative, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(folder, name);
    return [name];
  });
}

function globToRegExp(glob: string): RegExp {
  let depth = 0;
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|[{},]|[.+^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part === '{') return (depth++, '(?:');
    if (part === '}' && depth > 0) return (depth--, ')');
    if (part === ',') return depth > 0 ? '|' : ',';
    return `\\${part}`;
  });
  return new RegExp(`^${source}${')'.repeat(depth)}$`);
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
