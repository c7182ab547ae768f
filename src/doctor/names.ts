import type { Names } from './check.js';

/** As `charts/tidegate/templates/_helpers.tpl` makes them, where no value overrides a name. */
export function namesOf(release: string, namespace: string): Names {
  const full = release.includes(chartName) ? release : `${release}-${chartName}`;
  const fullname = full.slice(0, 40).replace(/-$/, '');
  return {
    release,
    namespace,
    fullname,
    webhook: `${fullname}-webhook`,
    controllers: `${fullname}-controllers`,
    scheduler: `${fullname}-scheduler`,
  };
}

const chartName = 'tidegate';
