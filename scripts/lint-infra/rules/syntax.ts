import type { Finding } from '../finding';
import type { Infra } from '../infra';

/** Files parse: Bicep by its grammar, JSON as JSON. */
export function syntax({ templates, files }: Infra): Finding[] {
  const bicep = templates.flatMap(({ path, mistakes }) =>
    mistakes.map((mistake) => ({ file: path, rule: 'syntax' as const, ...mistake })),
  );
  const json = [...files].filter(([path, text]) => path.endsWith('.json') && !isJson(text));
  return [
    ...bicep,
    ...json.map(([file]) => ({ file, line: 1, rule: 'syntax' as const, message: 'is not JSON' })),
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
