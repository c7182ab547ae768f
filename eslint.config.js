import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const clockOnly = 'time and randomness are parameters: pass a Clock (telemetry/clock.ts)';
const cmdOnly = 'only cli.ts and cmd/ read argv and env, print and set the exit code';

const nodeGlobals = Object.fromEntries(
  ['Buffer', 'console', 'performance', 'process', 'structuredClone', 'URL'].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['dist', '.node', '.cache', 'coverage', 'test/bench/*/node_modules', 'test/bench/pepr'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['test/tsconfig.json'] } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      complexity: ['error', { max: 10 }],
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: clockOnly },
        { name: 'setInterval', message: clockOnly },
        { name: 'setImmediate', message: clockOnly },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clockOnly },
        { object: 'Math', property: 'random', message: clockOnly },
        { object: 'performance', property: 'now', message: clockOnly },
        { object: 'process', property: 'env', message: cmdOnly },
        { object: 'process', property: 'argv', message: cmdOnly },
        { object: 'process', property: 'exit', message: cmdOnly },
        { object: 'process', property: 'stdout', message: cmdOnly },
        { object: 'process', property: 'stderr', message: cmdOnly },
      ],
    },
  },
  {
    files: ['src/telemetry/clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['src/cli.ts', 'src/cmd/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    // what an API server answered is looked at as it is
    files: ['test/contract/{cluster,installed,scheduler}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
