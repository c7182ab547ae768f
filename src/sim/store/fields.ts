import { SelectorError } from './labels.js';

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Reads a `fieldSelector`. @throws SelectorError in the words of k8s.io/apimachinery/pkg/fields */
export function parseFields(text: string): readonly FieldRequirement[] {
  return split(text)
    .filter((part) => part !== '')
    .map((part) => {
      const found = /^((?:[^=!\\]|\\.|!(?!=))*?)(!=|==|=)(.*)$/s.exec(part);
      if (found === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = found;
      return { field, equal: operator !== '!=', value: unescape(value) };
    });
}

/** Splits at commas that no backslash hides. */
function split(text: string): string[] {
  return text.match(/(?:[^\\,]|\\.)+/gs) ?? [];
}

function unescape(value: string): string {
  return value.replace(/\\(.?)/gs, (sequence, escaped: string) => {
    if (!['\\', ',', '='].includes(escaped)) {
      throw new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
    }
    return escaped;
  });
}

export function matchesFields(
  requirements: readonly FieldRequirement[],
  valueOf: (field: string) => string,
): boolean {
  return requirements.every(({ field, equal, value }) => (valueOf(field) === value) === equal);
}
