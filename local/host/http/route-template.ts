import { HostError } from '../host-error';
import { routeConstraint } from './route-constraint';

export type RouteValues = Readonly<Record<string, string>>;

interface Parameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly fallback: string | undefined;
  readonly tests: readonly ((value: string) => boolean)[];
}

interface Segment {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly isCatchAll: boolean;
  /** May be missing at the end of the path. */
  readonly isOptional: boolean;
}

/** An ASP.NET route template: `items/{id:int}`, `{x?}`, `{x=1}`, `{*rest}`, `v{version}.{format}`. */
export class RouteTemplate {
  readonly #segments: readonly Segment[];

  constructor(readonly text: string) {
    const segments = splitOutsideBraces(text).map((segment) => parseSegment(segment, text));
    const misplaced = segments.findIndex((segment) => segment.isCatchAll);
    if (misplaced >= 0 && misplaced < segments.length - 1) {
      throw new HostError(`route "${text}": a catch-all parameter must be the last segment.`);
    }
    const names = segments.flatMap((segment) =>
      segment.parameters.map((parameter) => parameter.name.toLowerCase()),
    );
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new HostError(`route "${text}": the parameter {${twice}} appears twice.`);
    this.#segments = segments;
  }

  /** The values of the parameters, or undefined when the path does not match. Segments come decoded. */
  match(path: readonly string[]): RouteValues | undefined {
    const values: Record<string, string> = {};
    const given = withoutTrailingSlash(path);
    for (const [index, segment] of this.#segments.entries()) {
      if (segment.isCatchAll) return takeAll(segment, path.slice(index).join('/'), values);
      const text = given[index];
      if (text === undefined ? !leaveOut(segment, values) : !take(segment, text, values)) return undefined;
    }
    return given.length > this.#segments.length ? undefined : values;
  }
}

function withoutTrailingSlash(path: readonly string[]): readonly string[] {
  return path.at(-1) === '' ? path.slice(0, -1) : path;
}

function takeAll(segment: Segment, rest: string, values: Record<string, string>): RouteValues | undefined {
  return (rest === '' ? leaveOut(segment, values) : take(segment, rest, values)) ? values : undefined;
}

function take(segment: Segment, text: string, values: Record<string, string>): boolean {
  const match = segment.pattern.exec(text);
  if (match === null) return false;
  return segment.parameters.every((parameter, index) => {
    const value = match[index + 1] ?? '';
    values[parameter.name] = value;
    return parameter.tests.every((test) => test(value));
  });
}

function leaveOut(segment: Segment, values: Record<string, string>): boolean {
  for (const { name, fallback } of segment.parameters) {
    if (fallback !== undefined) values[name] = fallback;
  }
  return segment.isOptional;
}

function parseSegment(segment: string, route: string): Segment {
  if (segment === '') throw new HostError(`route "${route}": has an empty segment.`);
  const parameters: Parameter[] = [];
  let isCatchAll = false;
  let source = '';
  for (const part of segment.match(/\{(?:[^{}]|\{[^{}]*\})*\}|[^{}]+|[{}]/g) ?? []) {
    if (part === '{' || part === '}')
      throw new HostError(`route "${route}": unbalanced braces in "${segment}".`);
    if (!part.startsWith('{')) {
      source += part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      continue;
    }
    const star = part.startsWith('{*');
    if (star && part !== segment)
      throw new HostError(`route "${route}": "${part}" must stand alone in its segment.`);
    isCatchAll ||= star;
    parameters.push(parseParameter(part.slice(1, -1).replace(/^\*\*?/, ''), route));
    source += star ? '(.*)' : '(.+?)';
  }
  const only = parameters.length === 1 && segment.startsWith('{') && segment.endsWith('}');
  const isOptional =
    isCatchAll || (only && parameters.every((one) => one.isOptional || one.fallback !== undefined));
  return { pattern: new RegExp(`^${source}$`, 'is'), parameters, isCatchAll, isOptional };
}

function parseParameter(text: string, route: string): Parameter {
  const match = /^([A-Za-z_][\w-]*)((?::[^:=?(]+(?:\([^)]*\))?)*)(?:=(.*))?(\?)?$/s.exec(text);
  if (match?.[1] === undefined) throw new HostError(`route "${route}": {${text}} is not a valid parameter.`);
  const constraints = (match[2] ?? '').split(':').filter((one) => one !== '');
  const tests = constraints.map((constraint) => {
    const test = routeConstraint(constraint);
    if (test === undefined)
      throw new HostError(`route "${route}": the constraint "${constraint}" of {${text}} is unknown.`);
    return test;
  });
  return { name: match[1], isOptional: match[4] === '?', fallback: match[3], tests };
}

function splitOutsideBraces(route: string): readonly string[] {
  if (route === '') return [];
  let depth = 0;
  const parts = [''];
  for (const character of route) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === '/' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
