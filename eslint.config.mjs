import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** What replay would answer differently the second time; orchestrations and the model take these as values. */
const nondeterministic = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes in as a value: use context.df.currentUtcDateTime or an argument.',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time comes in as a value.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance comes in as a value.',
  },
  { selector: 'CallExpression[callee.name=/^random/]', message: 'Chance and ids come in as values.' },
  {
    selector: 'Identifier[name=/^(fetch|process|crypto|setTimeout|setInterval|setImmediate|performance)$/]',
    message: 'No I/O and no clock here: an activity does that.',
  },
  {
    selector:
      'FunctionDeclaration[async=true], FunctionExpression[async=true], ArrowFunctionExpression[async=true]',
    message: 'Replay is synchronous: an activity does the waiting.',
  },
  { selector: 'AwaitExpression', message: 'Replay is synchronous: an activity does the waiting.' },
];

const wallClock = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Take a Clock (shared/ports/clock.ts).',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take a Clock (shared/ports/clock.ts).',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Take a Chance (shared/ports/chance.ts).',
  },
  {
    selector: "CallExpression[callee.name='randomUUID'], CallExpression[callee.property.name='randomUUID']",
    message: 'Take Ids (shared/ports/ids.ts).',
  },
];

const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'One place reads the environment: shared/settings.ts.',
};

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**', '.lifeboat/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
  },
  {
    files: ['orchestrations/**/*.ts', 'shared/model/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...nondeterministic] },
  },
  {
    files: ['orchestrations/**/*.ts'],
    ignores: ['orchestrations/durable.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...nondeterministic,
        {
          selector: "MemberExpression[property.name='df']",
          message: 'Only orchestrations/durable.ts touches context.df.',
        },
      ],
    },
  },
  {
    files: ['shared/**/*.ts', 'agent/**/*.ts', 'functions/**/*.ts'],
    ignores: [
      'shared/model/**',
      'shared/settings.ts',
      'shared/system/**',
      'agent/main.ts',
      'agent/system/**',
    ],
    rules: { 'no-restricted-syntax': ['error', ...wallClock, environment] },
  },
  {
    files: ['test/**/*.ts'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect', 'expect*', 'assert*', '**.expect*'] },
      ],
      'jest/no-conditional-expect': 'off',
      'jest/no-standalone-expect': 'off',
      'jest/no-export': 'off',
      'jest/valid-title': 'off',
      'jest/no-jest-import': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'jest',
          property: 'mock',
          message: 'A fake is an implementation that passes the contract.',
        },
      ],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['local/**/*.ts', 'cli/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts', 'agent/main.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        __dirname: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
  {
    files: ['shared/ui/assets/**/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        location: 'readonly',
        sessionStorage: 'readonly',
        IntersectionObserver: 'readonly',
        FormData: 'readonly',
        CSS: 'readonly',
      },
    },
  },
  prettier,
);
