import { AppError } from '../errors.js';
import { resources, type Resource } from '../kube/resource.js';

/** An object of the cluster, as a command line names it. */
export interface ObjectRef {
  readonly resource: Resource;
  readonly name: string;
}

/** The names that kubectl knows them by. */
const known: Readonly<Record<string, Resource>> = {
  pod: resources.pods,
  pods: resources.pods,
  po: resources.pods,
  cronjob: resources.cronJobs,
  cronjobs: resources.cronJobs,
  cj: resources.cronJobs,
  job: resources.jobs,
  jobs: resources.jobs,
};

/** @throws {AppError} usage, for a text that is not KIND/NAME of a kind that can be explained. */
export function readObjectRef(text: string): ObjectRef {
  const [, kind = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  const key = kind.toLowerCase();
  const resource = Object.hasOwn(known, key) ? known[key] : undefined;
  if (resource === undefined || !isName(name)) {
    throw new AppError('usage', `expected pod/NAME, cronjob/NAME or job/NAME, got '${text}'`);
  }
  return { resource, name };
}

/** A DNS subdomain: apimachinery pkg/util/validation `IsDNS1123Subdomain`. */
const isName = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
