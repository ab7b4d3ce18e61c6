import { LifeboatError } from '../../errors';
import type { Operation } from '../operations/operation';

export interface Route {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  /** The path in its canonical spelling, names as they were typed. */
  readonly path: string;
}

interface Compiled {
  readonly operation: Operation;
  readonly segments: readonly string[];
  /** What a path must hold at each place, in lower case; undefined where any name does. */
  readonly literals: readonly (string | undefined)[];
}

/** Finds the operation of a request. Literal segments win over names, and match without regard to case. */
export function router(operations: readonly Operation[]): (method: string, path: string) => Route {
  const byLength = new Map<number, Compiled[]>();
  for (const operation of operations) {
    const segments = operation.path.split('/').slice(1);
    const list = byLength.get(segments.length) ?? [];
    const literals = segments.map((part) => (part.startsWith('{') ? undefined : part.toLowerCase()));
    list.push({ operation, segments, literals });
    byLength.set(segments.length, list);
  }
  for (const list of byLength.values()) list.sort((left, right) => strictness(right) - strictness(left));

  return (method, path) => {
    const segments = decoded(path);
    const spoken = segments.map((segment) => segment.toLowerCase());
    const fitting = (byLength.get(segments.length) ?? []).filter(({ literals }) => fits(literals, spoken));
    const found = fitting.find(({ operation }) => operation.method === method);
    if (found !== undefined) return routeOf(found, segments);
    if (fitting.length === 0) {
      throw new LifeboatError('UnknownAddress', 'There is no operation at this address.', {
        target: path.slice(0, 500),
      });
    }
    throw new LifeboatError('MethodNotAllowed', `${method} is not allowed at this address.`);
  };
}

const longestName = 260;

/** The segments of a path, decoded. Names are data: what could mean anything else is refused. */
function decoded(path: string): readonly string[] {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  return segments.map((segment) => {
    const name = decode(segment);
    if (
      name === '' ||
      name.length > longestName ||
      !/^[^\p{Cc}\p{Cf}\p{Cs}/\\?#%<>]+$/u.test(name) ||
      /^\.+$/.test(name)
    ) {
      throw new LifeboatError('BadRequest', 'The address holds a name that no resource can have.');
    }
    return name;
  });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new LifeboatError('BadRequest', 'The address is not properly encoded.');
  }
}

function fits(literals: Compiled['literals'], spoken: readonly string[]): boolean {
  return literals.every((literal, index) => literal === undefined || literal === spoken[index]);
}

function routeOf({ operation, segments: template }: Compiled, segments: readonly string[]): Route {
  const params: Record<string, string> = {};
  const canonical = template.map((part, index) => {
    if (!part.startsWith('{')) return part;
    const name = segments[index] ?? '';
    params[part.slice(1, -1)] = name;
    return name;
  });
  return { operation, params, path: `/${canonical.join('/')}`.replace(/^\/subscriptions/, '/Subscriptions') };
}

function strictness({ literals }: Compiled): number {
  return literals.filter((literal) => literal !== undefined).length;
}
