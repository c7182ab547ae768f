/** What no role of a user allows. */
export interface Denied {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` … */
  readonly verb: string;
  /** With its subresource: `pods`, `virtualnodepolicies/status`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
}

/**
 * Reads the API server's words for it; undefined: a 403 of another cause, as a quota or an admission plugin.
 * k8s.io/apiserver:pkg/endpoints/handlers/responsewriters/errors.go (forbiddenMessage)
 */
export function deniedIn(message: string): Denied | undefined {
  const [, verb, resource, group] =
    /User ".*" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(message) ?? [];
  return verb === undefined || resource === undefined || group === undefined
    ? undefined
    : { verb, resource, group };
}

/** `list nodes`, `patch virtualnodepolicies.tidegate.io/status`, as `kubectl auth can-i` takes it. */
export function deniedText({ verb, resource, group }: Denied): string {
  const [plural = '', ...subresource] = resource.split('/');
  return `${verb} ${[group === '' ? plural : `${plural}.${group}`, ...subresource].join('/')}`;
}
