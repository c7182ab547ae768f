import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../src/kube/object.js';

export const chart = fileURLToPath(new URL('../../charts/tidegate', import.meta.url));
/** The Helm that the Makefile brings. */
export const own = fileURLToPath(new URL('../../.helm/helm', import.meta.url));

export interface HelmAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Helm: `$HELM`, or the one that the Makefile brings. @throws where there is none. */
export function helm(args: readonly string[], input = ''): HelmAnswer {
  const file = process.env['HELM'] ?? own;
  const { status, stdout, stderr, error } = spawnSync(file, args, { input, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`cannot run Helm (make test brings it): ${error.message}`);
  return { code: status, stdout, stderr };
}

/** `helm template` of the chart with these values. */
export const template = (values: object = {}, args: readonly string[] = []): HelmAnswer =>
  helm(['template', 'tidegate', chart, '-n', 'tidegate-system', '-f', '-', ...args], stringify(values));

/** Every object that the chart renders with these values. @throws where it refuses them. */
export function render(values: object = {}): readonly KubeObject[] {
  const { code, stdout, stderr } = template(values);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const object = document.toJSON() as KubeObject | null;
    return object === null ? [] : [object];
  });
}
