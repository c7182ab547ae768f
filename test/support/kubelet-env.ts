import type { EnvVar } from '../../src/objects/pod.js';

/** Stands for the address of the node in a resolved value. */
export const nodeAddress = '<node>';

/**
 * The variables of a container as the kubelet makes them: in order, the last of a name counts, `$(NAME)` is known only
 * further down, `$$` is a dollar. (kubernetes:pkg/kubelet/kubelet_pods.go, third_party/forked/golang/expansion)
 */
export function resolveEnv(entries: readonly EnvVar[]): ReadonlyMap<string, string> {
  const resolved = new Map<string, string>();
  for (const { name, value, valueFrom } of entries) {
    resolved.set(name, valueFrom ? sourceOf(valueFrom) : expand(value ?? '', resolved));
  }
  return resolved;
}

/** As command and arguments are expanded too. */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    const end = text[i] === '$' && text[i + 1] === '(' ? text.indexOf(')', i) : -1;
    if (end !== -1) {
      const name = text.slice(i + 2, end);
      out += known.get(name) ?? `$(${name})`;
      i = end;
    } else if (text[i] === '$' && text[i + 1] === '$') {
      out += '$';
      i += 1;
    } else {
      out += text[i] ?? '';
    }
  }
  return out;
}

const sourceOf = (source: NonNullable<EnvVar['valueFrom']>): string =>
  source.fieldRef?.fieldPath === 'status.hostIP' ? nodeAddress : `<${JSON.stringify(source)}>`;
