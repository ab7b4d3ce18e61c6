import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const beside = ['azure.yaml', 'host.json', 'local.settings.sample.json', 'package.json'];

/** What there is to lint, by its path from the root. */
export function infraFiles(root: string): Map<string, string> {
  const inside = readdirSync(join(root, 'infra'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(bicep|json)$/.test(path))
    .map((path) => `infra/${path.replaceAll('\\', '/')}`)
    .sort();
  return new Map([...inside, ...beside].map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
