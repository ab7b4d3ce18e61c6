/** One suite for everything: node, swc, random order (jest prints the seed to replay). */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  // These packages are ES modules only, or import one at run time; jest's loader needs them turned into CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|@peculiar|p-limit|yocto-queue|@opentelemetry/otlp-exporter-base)/)',
  ],
  randomize: true,
  // All logs of a run are looked through for secrets.
  globalSetup: '<rootDir>/test/support/logs/start-hearing.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/logs/listen.ts'],
  globalTeardown: '<rootDir>/test/support/logs/judge.ts',
  // What goes on at all is given time for it, on a slow machine that is busy as well.
  testTimeout: 240_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
};
