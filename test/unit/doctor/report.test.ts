import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/doctor/examine.js';
import { toJson, toText } from '../../../src/doctor/report.js';

const results: readonly Result[] = [
  { check: 'api-server', status: 'ok', reason: 'it answers' },
  {
    check: 'crd',
    status: 'fault',
    reason: 'there is none of it in the whole of this cluster',
    remedy: 'a command that is longer than any line of this terminal could be, and is not broken',
  },
  { check: 'midnight', status: 'warning', reason: 'many', remedy: 'fewer', details: ['one', 'two'] },
];

describe('the report', () => {
  it('wraps reasons and leaves remedies whole', () => {
    expect(toText(results, { colours: false, columns: 60 })).toBe(
      [
        'ok       api-server  it answers',
        'fault    crd         there is none of it in the whole of this',
        '                     cluster',
        '                     → a command that is longer than any line of this terminal could be, and is not broken',
        'warning  midnight    many',
        '                     one',
        '                     two',
        '                     → fewer',
        '',
        '1 ok, 1 warning, 1 fault, 0 skipped',
        '',
      ].join('\n'),
    );
  });

  it('paints where there are colours', () => {
    expect(toText(results, { colours: true, columns: 80 })).toContain('\u001b[31mfault  \u001b[39m');
  });

  it('is a list of findings for programs', () => {
    expect(JSON.parse(toJson(results))).toEqual(results);
  });
});
