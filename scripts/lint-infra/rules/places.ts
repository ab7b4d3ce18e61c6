import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { at, literal, type Template } from '../template';

/** Kinds that have a place of their own. */
const placed = /^Microsoft\.(?!Authorization|Insights\/diagnosticSettings)[^/]+\/[^/]+$/;
/** What is read or written every second lives in the target's region; only the cache is beside the machines. */
const beside = new Set(['cacheStorage', 'cacheEvents']);

/** Nothing names a region: all come from the two parameters, and only the cache takes the source's. */
export function places({ templates }: Infra): Finding[] {
  return templates.flatMap((template) => [...ofResources(template), ...ofModules(template)]);
}

function ofResources(template: Template): Finding[] {
  return template.resources
    .filter(({ type, isExisting }) => placed.test(type) && !isExisting)
    .flatMap(({ name, line, body }) => {
      const location = at(body, 'location');
      const isGood =
        location?.text === 'location' ||
        literal(location) === 'global' ||
        (name === 'cacheGroup' && location?.text === 'sourceLocation');
      return isGood ? [] : [finding(template, line, `${name} is placed by ${location?.text ?? 'nothing'}`)];
    });
}

function ofModules(template: Template): Finding[] {
  return template.modules.flatMap(({ name, line, parameters }) => {
    const location = parameters.get('location')?.text;
    const wanted = beside.has(name) ? 'sourceLocation' : 'location';
    if (location === undefined || location === wanted) return [];
    return [finding(template, line, `${name} is placed by ${location}, not by ${wanted}`)];
  });
}

function finding({ path }: Template, line: number, message: string): Finding {
  return { file: path, line, rule: 'places', message };
}
