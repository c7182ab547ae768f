import { describe, expect, it } from 'vitest';
import { carriesSubject } from '../../../src/webhook/subject.js';

describe('carriesSubject', () => {
  it.each([
    ['the common name', { subject: { CN: 'kube-apiserver' } }, true],
    ['one of two common names', { subject: { CN: ['other', 'kube-apiserver'] } }, true],
    ['a longer common name', { subject: { CN: 'kube-apiserver-2' } }, false],
    ['the organization', { subject: { O: 'kube-apiserver' } }, false],
    ['a DNS name', { subjectaltname: 'DNS:a.example, DNS:kube-apiserver' }, true],
    ['a URI', { subjectaltname: 'URI:kube-apiserver' }, true],
    ['a longer DNS name', { subjectaltname: 'DNS:kube-apiserver.example' }, false],
    ['a name inside a quoted one', { subjectaltname: 'DNS:"x, DNS:kube-apiserver, DNS:y"' }, false],
    ['nothing', {}, false],
  ])('looks at %s', (_, certificate, expected) => {
    expect(carriesSubject(certificate as never, 'kube-apiserver')).toBe(expected);
  });
});
