import { describe, expect, it } from 'vitest';
import { createLogger, redactedPaths, type LogLevel } from '../../../src/telemetry/logger.js';

function logged(level: LogLevel, write: (log: ReturnType<typeof createLogger>) => void): unknown[] {
  const lines: unknown[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line)) };
  write(createLogger({ component: 'webhook', level, to }));
  return lines;
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the level as a word, the time in ISO 8601 and the component', () => {
    const [line] = logged('info', (log) => {
      log.info({ policy: 'cronjobs' }, 'review answered');
    });
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      component: 'webhook',
      policy: 'cronjobs',
      msg: 'review answered',
    });
  });

  it('leaves out what lies below its level', () => {
    const lines = logged('warn', (log) => {
      log.info('quiet');
      log.warn('loud');
    });
    expect(lines).toMatchObject([{ msg: 'loud' }]);
  });

  it.each(redactedPaths)('never writes %s', (path) => {
    const [outer = '', inner] = path.split('.');
    const secret = { hidden: 'hunter2' };
    const lines = logged('info', (log) => {
      log.info({ [outer]: inner === undefined ? secret : { [inner]: secret } }, 'message');
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
