import { posix } from 'node:path';
import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { everything } from '../node';
import type { Module, Template } from '../template';

const main = 'infra/main.bicep';

/** Modules exist, are given what they ask for and nothing else, and answer what is asked of them. */
export function modules({ templates }: Infra): Finding[] {
  const byPath = new Map(templates.map((template) => [template.path, template]));
  const used = new Set<string>([main]);
  const findings = templates.flatMap((template) =>
    template.modules.flatMap((module) => {
      const path = posix.join(posix.dirname(template.path), module.path);
      used.add(path);
      const target = byPath.get(path);
      if (target === undefined) return [finding(template, module, `there is no ${path}`)];
      return [...wrongParameters(template, module, target), ...wrongOutputs(template, module, target)];
    }),
  );
  const orphans = templates.filter(({ path }) => !used.has(path));
  return [
    ...findings,
    ...orphans.map(({ path }) => ({
      file: path,
      line: 1,
      rule: 'modules' as const,
      message: 'nothing uses this',
    })),
  ];
}

function wrongParameters(template: Template, module: Module, target: Template): Finding[] {
  const known = new Set(target.parameters.map(({ name }) => name));
  const unknown = [...module.parameters.keys()].filter((name) => !known.has(name));
  const missing = target.parameters.filter(
    ({ name, value }) => value === undefined && !module.parameters.has(name),
  );
  return [
    ...unknown.map((name) => finding(template, module, `${module.name} has no parameter ${name}`)),
    ...missing.map(({ name }) => finding(template, module, `${module.name} needs parameter ${name}`)),
  ];
}

/** Also: the outputs of a module that may be absent are only read with `!`, inside a condition. */
function wrongOutputs(template: Template, module: Module, target: Template): Finding[] {
  const known = new Set(target.outputs.map(({ name }) => name));
  const isConditional = /^\s*module\s+\w+\s+'[^']+'\s*=\s*if\b/m.test(declarationText(template, module));
  const read = everything(template.root).flatMap(({ type, text }) => {
    const match = type === 'member_expression' ? /^(\w+)(!?)\.outputs\.(\w+)$/.exec(text) : null;
    return match?.[1] === module.name ? [{ isAsserted: match[2] === '!', name: match[3] ?? '' }] : [];
  });
  const wrong = read.filter(({ name }) => !known.has(name)).map(({ name }) => `has no output ${name}`);
  const unsure = read
    .filter(({ isAsserted }) => isAsserted !== isConditional)
    .map(({ name }) => `may ${isConditional ? '' : 'not '}be absent: ${name}`);
  const needless = target.outputs
    .filter(({ name }) => !templateReads(read, name))
    .map(({ name }) => `its output ${name} is never read`);
  const isShared = template.modules.filter(({ path }) => path === module.path).length > 1;
  return [...wrong, ...unsure, ...(isShared ? [] : needless)].map((what) =>
    finding(template, module, `${module.name} ${what}`),
  );
}

function templateReads(read: readonly { name: string }[], name: string): boolean {
  return read.some((output) => output.name === name);
}

function declarationText({ root }: Template, { line }: Module): string {
  return root.text.split('\n')[line - 1] ?? '';
}

function finding({ path }: Template, { line }: Module, message: string): Finding {
  return { file: path, line, rule: 'modules', message };
}
