import { describe, expect, it } from 'vitest';
import { integer, noPositionals, oneOf, parseFlags, required } from '../../../src/cmd/flags.js';
import { AppError } from '../../../src/errors.js';

const usage = (message: string) => new AppError('usage', message);

describe('parseFlags', () => {
  const options = { port: { type: 'string' }, dns: { type: 'string', multiple: true } } as const;

  it('reads flags and keeps what stands between them', () => {
    expect(parseFlags(['--dns', 'a', 'file', '--dns=b'], options)).toMatchObject({
      values: { dns: ['a', 'b'] },
      positionals: ['file'],
    });
  });

  it.each([
    ['an unknown flag', ['--prot', '1'], "Unknown option '--prot'"],
    ['a flag without its value', ['--port'], "Option '--port <value>' argument missing"],
  ])('refuses %s and names it', (_, args, message) => {
    expect(() => parseFlags(args, options)).toThrow(usage(message));
  });
});

describe('noPositionals', () => {
  it('refuses an argument that no flag takes', () => {
    expect(() => {
      noPositionals(['extra']);
    }).toThrow(usage("unexpected argument 'extra'"));
  });
});

describe('required', () => {
  it('refuses a missing flag and names it', () => {
    expect(() => required<string>('out', undefined)).toThrow(usage('--out is required'));
  });
});

describe('integer', () => {
  it.each(['0', '8443', '65535'])('takes %s', (text) => {
    expect(integer('port', text, 0, 65535)).toBe(Number(text));
  });

  it.each(['', '-1', '65536', '1.5', '1e3', ' 1', 'NaN', '99999999999999999999'])('refuses "%s"', (text) => {
    const message = `--port: expected a whole number from 0 to 65535, got '${text}'`;
    expect(() => integer('port', text, 0, 65535)).toThrow(usage(message));
  });
});

describe('oneOf', () => {
  it('takes a listed value and refuses another, with the list', () => {
    expect(oneOf('log-level', 'warn', ['info', 'warn'])).toBe('warn');
    const message = "--log-level: expected one of info, warn, got 'loud'";
    expect(() => oneOf('log-level', 'loud', ['info', 'warn'])).toThrow(usage(message));
  });
});
