/**
 * Who may import whom. One rule for each sentence of the dependency paragraph in ARCHITECTURE.md.
 * Imports are allowed by layer: everything that is not named in a layer's `may` is refused.
 */
const layers = {
  'shared/model': [],
  'shared/contracts': ['shared/model'],
  'shared/formats': ['shared/model'],
  'shared/ports': ['shared/contracts', 'shared/model'],
  'shared/service': ['shared/ports', 'shared/formats', 'shared/contracts', 'shared/model'],
  'shared/arm': ['shared/service', 'shared/ports', 'shared/formats', 'shared/contracts', 'shared/model'],
  'shared/agents': ['shared/service', 'shared/ports', 'shared/formats', 'shared/contracts', 'shared/model'],
  'shared/ui': ['shared/service', 'shared/ports', 'shared/contracts', 'shared/model'],
  'shared/azure': ['shared/ports', 'shared/formats', 'shared/contracts', 'shared/model'],
  'shared/files': ['shared/ports', 'shared/formats', 'shared/contracts', 'shared/model'],
  'shared/system': ['shared/ports', 'shared/model'],
  orchestrations: ['shared/contracts', 'shared/model'],
  agent: [
    'shared/service',
    'shared/files',
    'shared/system',
    'shared/ports',
    'shared/formats',
    'shared/contracts',
    'shared/model',
  ],
  cli: ['shared/contracts', 'shared/model'],
};

/** Small files every layer may use: errors and assertions. */
const everybody = '^shared/((errors|refusals|assert)\\.ts$|refusals/)';

const layerRules = Object.entries(layers).map(([layer, may]) => ({
  name: `${layer.replace('/', '-')}-imports-only-what-it-may`,
  severity: 'error',
  comment: `${layer} may import ${may.length > 0 ? may.join(', ') : 'nothing of ours'} (and errors, assert).`,
  from: { path: `^${layer}/` },
  to: {
    path: '^(functions|orchestrations|shared|agent|local|cli|infra|test|bench|demo)/',
    pathNot: [everybody, ...[layer, ...may].map((name) => `^${name}/`)],
  },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'functions-leave-adapters-to-the-wiring',
      severity: 'error',
      comment: 'Triggers parse, call one thing and answer; shared/wiring.ts knows the adapters.',
      from: { path: '^functions/' },
      to: { path: '^(agent|cli|local|test|bench|shared/azure|shared/files)/' },
    },
    {
      name: 'only-the-wiring-sees-adapters',
      severity: 'error',
      from: {
        path: '^(functions|orchestrations|shared|agent|cli)/',
        pathNot: '^(shared/(azure|files|system)/|shared/wiring|agent/)',
      },
      to: { path: '^shared/(azure|files)/' },
    },
    {
      name: 'nobody-imports-a-trigger',
      severity: 'error',
      from: { pathNot: '^(functions|test)/' },
      to: { path: '^functions/' },
    },
    {
      name: 'nobody-imports-local',
      severity: 'error',
      comment: 'The local cloud stands in for Azure; the product never knows.',
      from: { pathNot: '^(local|test|bench|demo)/' },
      to: { path: '^local/' },
    },
    {
      name: 'local-knows-nothing-of-lifeboat',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(functions|orchestrations|shared|agent|cli|test|bench)/' },
    },
    {
      name: 'functions-sdk-only-at-the-edge',
      severity: 'error',
      from: { path: '^(shared|agent|cli|local)/', pathNot: '^shared/(azure|wiring)' },
      to: { path: 'node_modules/(@azure/functions|durable-functions)/' },
    },
    {
      name: 'azure-only-in-its-adapter',
      severity: 'error',
      from: { path: '^(functions|orchestrations|shared|agent)/', pathNot: '^(shared/azure/|functions/)' },
      to: { path: 'node_modules/@azure/(storage-blob|service-bus|cosmos|identity|arm-)' },
    },
    {
      name: 'model-and-orchestrations-do-no-io',
      severity: 'error',
      from: { path: '^(shared/model|orchestrations)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(functions|orchestrations|shared|agent|cli)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'import', 'default'],
    },
  },
};
