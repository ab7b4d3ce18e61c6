import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { everything } from '../node';
import { literal, type Template } from '../template';

const inStrings = /AccountKey=|SharedAccess(?:Key|Signature)|[?&]sig=|password|@Microsoft\.KeyVault\(/i;

/** Nothing asks a service for its keys, carries a secret, or comes from a registry that cannot be checked here. */
export function secrets({ templates }: Infra): Finding[] {
  return templates.flatMap((template) => [
    ...keysAsked(template),
    ...secretsCarried(template),
    ...foreign(template),
  ]);
}

function keysAsked(template: Template): Finding[] {
  return everything(template.root)
    .filter(
      ({ type, text }) =>
        type === 'call_expression' && /^(?:[\w.!]+\.)?(?:list\w*|getSecret)\s*\(/.test(text),
    )
    .map((node) => finding(template, node.line, `${node.text} asks for a key`));
}

function secretsCarried(template: Template): Finding[] {
  const strings = everything(template.root).filter(
    ({ type, text }) => type === 'string' && inStrings.test(text),
  );
  const secure = [...template.parameters, ...template.outputs].filter(({ decorators }) =>
    decorators.has('secure'),
  );
  return [
    ...strings.map((node) => finding(template, node.line, 'a secret, or the name of one')),
    ...secure.map(({ name, line }) => finding(template, line, `${name} is a secret; lifeboat has none`)),
  ];
}

function foreign(template: Template): Finding[] {
  return [
    ...template.modules.filter(({ path }) => path.includes(':')),
    ...template.outputs.filter(({ value }) => literal(value)?.includes('://') === true),
  ].map(({ name, line }) => finding(template, line, `${name} comes from elsewhere`));
}

function finding({ path }: Template, line: number, message: string): Finding {
  return { file: path, line, rule: 'secrets', message };
}
