/** The structure of a type, built-in or from a CustomResourceDefinition. */
export type Schema = StructSchema | MapSchema | ListSchema | ScalarSchema;

export interface StructSchema {
  readonly kind: 'struct';
  /** The Go type's name, as decoding errors say it. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Server-side apply owns it as a whole. */
  readonly atomic: boolean;
  /** Unknown fields are kept: `x-kubernetes-preserve-unknown-fields`. */
  readonly open: boolean;
  /** A custom resource has no Go type: a member of a wrong type is decoded as it is, and refused by validation. */
  readonly untyped?: true;
}

export interface Field {
  readonly schema: Schema;
  /** A zero scalar says something: it is kept. */
  readonly keepsZero: boolean;
  /** Written even where it is absent. */
  readonly always: boolean;
  /** Strategic merge keeps only the keys that the patch's `$retainKeys` names. */
  readonly retainKeys: boolean;
}

export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
  readonly atomic: boolean;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly items: Schema;
  /** How server-side apply owns it. */
  readonly topology: 'atomic' | 'set' | 'map';
  /** Of `topology: map`. */
  readonly keys: readonly string[];
  /** Key by which a strategic merge patch merges it. */
  readonly mergeKey?: string;
  /** A strategic merge patch adds to it (lists of scalars). */
  readonly adds: boolean;
}

export type ScalarType =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'quantity'
  /** RFC 3339, whole seconds. */
  | 'time'
  /** RFC 3339 with exactly six decimals. */
  | 'microtime'
  | 'bytes'
  | 'int-or-string'
  /** Whatever JSON it is. */
  | 'any';

export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly type: ScalarType;
}

const scalars = new Map<ScalarType, ScalarSchema>();

export function scalar(type: ScalarType): ScalarSchema {
  const known = scalars.get(type) ?? { kind: 'scalar', type };
  scalars.set(type, known);
  return known;
}

export const anything: ScalarSchema = scalar('any');

/** The type's name as Go's decoder prints it. */
export function goType(schema: Schema): string {
  switch (schema.kind) {
    case 'struct':
      return `v1.${schema.name}`;
    case 'map':
      return `map[string]${goType(schema.values)}`;
    case 'list':
      return `[]${goType(schema.items)}`;
    case 'scalar':
      return goScalars[schema.type];
  }
}

const goScalars: Readonly<Record<ScalarType, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  quantity: 'resource.Quantity',
  time: 'v1.Time',
  microtime: 'v1.MicroTime',
  bytes: '[]uint8',
  'int-or-string': 'intstr.IntOrString',
  any: 'interface {}',
};
