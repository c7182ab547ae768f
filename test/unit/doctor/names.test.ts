import { describe, expect, it } from 'vitest';
import { namesOf } from '../../../src/doctor/names.js';
import { helm, chart } from '../../support/helm.js';

/** What the chart calls its configuration and its Deployments. */
function rendered(release: string): string[] {
  const { stdout } = helm(['template', release, chart, '-n', 'gate']);
  const objects = stdout.split(/^---$/m);
  const nameOf = (kind: string) =>
    objects
      .filter((text) => text.includes(`\nkind: ${kind}\n`))
      .map((text) => /^ {2}name: (.+)$/m.exec(text)?.[1] ?? '');
  return [...nameOf('MutatingWebhookConfiguration'), ...nameOf('Deployment')].sort();
}

describe('the names of a release', () => {
  it.each(['tidegate', 'my-tidegate', 'gate', `a${'-long'.repeat(9)}`])(
    'are those that the chart gives %s',
    (release) => {
      const { fullname, webhook, controllers } = namesOf(release, 'gate');
      expect([fullname, webhook, controllers].sort()).toEqual(rendered(release));
    },
  );
});
