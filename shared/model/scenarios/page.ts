import { scenarios } from '.';
import { publicNames, verbs, type Limit, type Scenario, type State, type Verb } from './scenario';

/** docs/scenarios.md: the tables in words that people read. */
export function scenariosPage(): string {
  return `# Scenarios

A scenario is one way of replicating, named by Site Recovery's \`instanceType\`. This page is written by
\`npm run docs:scenarios\` from \`shared/model/scenarios\`; a test checks that they agree. What a table does not allow is
refused with 409 \`OperationNotAllowed\`; what a scenario never offers, with 400 \`UnsupportedScenario\` and the reason below.
While a job runs on an item nothing else may start on it (409 \`ItemBusy\`) but a purge, which is allowed in every state.

${Object.values(scenarios).map(section).join('\n')}`;
}

function section(scenario: Scenario): string {
  const aliases = scenario.aliases.map((alias) => `, also \`${alias}\``).join('');
  const target = scenario.target === 'azure' ? 'Azure' : 'another fabric';
  return `## ${scenario.title}

\`${scenario.instanceType}\`${aliases}. Machines of ${scenario.sourceFabrics.join(' or ')}; recovered to ${target}.

| policy | values | default |
|---|---|---|
${Object.entries(scenario.policy).map(limitRow).join('\n')}

| state | machine runs at | allowed, and where it leads |
|---|---|---|
${Object.entries(scenario.states)
  .map(([name, state]) => stateRow(scenario, name, state))
  .join('\n')}

| never offered | why |
|---|---|
${Object.entries(scenario.refuses)
  .map(([verb, reason]) => `| ${wordOf(verb)} | ${reason} |`)
  .join('\n')}
`;
}

function limitRow([field, limit]: [string, Limit]): string {
  const shortest = limit.min < 1 && limit.min > 0 ? `${Math.round(limit.min * 60)} s` : String(limit.min);
  const range = limit.oneOf?.join(', ') ?? `${shortest} to ${limit.max}`;
  const off = limit.zeroTurnsOff === true ? ', or 0 for none' : '';
  return `| \`${field}\` | ${range} ${limit.unit}${off} | ${limit.default} |`;
}

function stateRow(scenario: Scenario, name: string, state: State): string {
  const shown = state.protectionState === undefined ? `\`${name}\`` : `\`${state.protectionState}\``;
  const offered = verbs
    .filter((verb) => verb !== 'purgeProtection' && state.on[verb] !== undefined)
    .map((verb) => leads(scenario, state, verb));
  const happens = Object.entries(state.happens ?? {}).map(
    ([what, next]) => `*${spaced(what)}* → \`${next}\``,
  );
  return `| ${shown} (${state.description}) | ${state.active} | ${[...offered, ...happens].join('; ')} |`;
}

function leads(scenario: Scenario, state: State, verb: Verb): string {
  const next = state.on[verb] ?? '';
  const becomes = scenario.turnsInto?.[verb];
  const end = next === 'gone' ? 'the item ends' : `\`${next}\``;
  const turned = becomes === undefined ? '' : `, as \`${becomes}\``;
  const condition = state.whenResyncRequired?.includes(verb) === true ? ' (when a resync is needed)' : '';
  return `${wordOf(verb)}${condition} → ${end}${turned}`;
}

function wordOf(verb: string): string {
  const known = verbs.find((name) => name === verb);
  return `**${(known === undefined ? undefined : publicNames[known]) ?? verb}**`;
}

function spaced(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
