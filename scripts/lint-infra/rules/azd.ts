import type { Finding } from '../finding';
import type { Infra } from '../infra';

/** azure.yaml, the parameters file and package.json fit the templates. */
export function azd({ files, templates }: Infra): Finding[] {
  const yaml = files.get('azure.yaml') ?? '';
  const app = files.get('infra/modules/function-app.bicep') ?? '';
  const service = /'azd-service-name': '(\w+)'/.exec(app)?.[1] ?? '';
  const scripts = /"scripts":\s*\{([^}]*)\}/.exec(files.get('package.json') ?? '')?.[1] ?? '';
  const run = [...yaml.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name ?? '');
  return [
    ...(new RegExp(`^services:\\n  ${service}:`, 'm').test(yaml)
      ? []
      : [finding('azure.yaml', `has no service ${service}, which the function app is tagged with`)]),
    ...run
      .filter((name) => !scripts.includes(`"${name}":`))
      .map((name) => finding('azure.yaml', `runs ${name}, which is no script`)),
    ...parameters(files.get('infra/main.parameters.json') ?? '{}', templates),
  ];
}

function parameters(text: string, templates: Infra['templates']): Finding[] {
  const file = 'infra/main.parameters.json';
  const { parameters: given = {} } = JSON.parse(text) as { parameters?: object };
  const declared = templates.find(({ path }) => path === 'infra/main.bicep')?.parameters ?? [];
  const known = new Set(declared.map(({ name }) => name));
  return [
    ...Object.keys(given)
      .filter((name) => !known.has(name))
      .map((name) => finding(file, `main.bicep has no parameter ${name}`)),
    ...declared
      .filter(({ name, value }) => value === undefined && !(name in given))
      .map(({ name }) => finding(file, `${name} is not given`)),
  ];
}

function finding(file: string, message: string): Finding {
  return { file, line: 1, rule: 'azd', message };
}
