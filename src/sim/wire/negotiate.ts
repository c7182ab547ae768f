import { StatusError } from '../api/status.js';

/** What the client wants an object to look like. */
export interface Wanted {
  readonly format: 'json' | 'yaml';
  readonly as:
    'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  readonly contentType: string;
}

const views = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;
const available =
  'application/json, application/yaml, application/json;stream=watch, application/vnd.kubernetes.protobuf is not offered';

/** Takes the first clause that can be served. @throws StatusError 406 */
export function negotiate(accept: string | undefined, aggregatedDiscovery = false): Wanted {
  const clauses = (accept ?? '')
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
  if (clauses.length === 0) return plain('json');
  for (const clause of clauses) {
    const wanted = wantedBy(clause, aggregatedDiscovery);
    if (wanted !== undefined) return wanted;
  }
  throw new StatusError(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${available}`,
    {},
  );
}

const plain = (format: 'json' | 'yaml'): Wanted => ({
  format,
  as: 'object',
  contentType: `application/${format}`,
});

function wantedBy(clause: string, aggregatedDiscovery: boolean): Wanted | undefined {
  const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  const as = given.get('as');
  const format = formatOf(type);
  if (format === undefined) return undefined;
  if (as === undefined) return plain(format);
  return viewOf(as, given, format, aggregatedDiscovery);
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

function viewOf(
  as: string,
  given: ReadonlyMap<string, string>,
  format: 'json' | 'yaml',
  aggregatedDiscovery: boolean,
): Wanted | undefined {
  const version = given.get('v');
  if (as === 'APIGroupDiscoveryList') {
    if (!aggregatedDiscovery || given.get('g') !== 'apidiscovery.k8s.io' || version !== 'v2')
      return undefined;
    return {
      format,
      as,
      contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    };
  }
  const view = views.find((candidate) => candidate === as);
  if (view === undefined || given.get('g') !== 'meta.k8s.io' || version !== 'v1') return undefined;
  return { format, as: view, contentType: `application/${format}` };
}
