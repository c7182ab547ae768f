import type { Names } from './check.js';

/** What the objects of a release are called where no value overrides a name: `charts/tidegate/templates/_helpers.tpl`. */
export function namesOf(release: string, namespace: string): Names {
  const full = release.includes(chartName) ? release : `${release}-${chartName}`;
  return namesFrom(full.slice(0, 40).replace(/-$/, ''), { release, namespace });
}

/** The names of the others, by that of the webhook configuration. */
export const namesFrom = (
  fullname: string,
  { release, namespace }: { readonly release: string; readonly namespace: string },
): Names => ({
  release,
  namespace,
  fullname,
  webhook: `${fullname}-webhook`,
  controllers: `${fullname}-controllers`,
  scheduler: `${fullname}-scheduler`,
});

const chartName = 'tidegate';
