// What the API server lets through, as its documentation states it.

const name = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** Key of a label, an annotation or a taint: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels */
export const keySyntax = new RegExp(`^(?=.{1,317}$)(${subdomain}/)?${name}$`);

export const labelValueSyntax = new RegExp(`^(${name})?$`);

/** Name of an object that is a DNS subdomain. */
export const objectNameSyntax = new RegExp(`^(?=.{1,253}$)${subdomain}$`);

/** https://kubernetes.io/docs/concepts/workloads/pods — relaxed names are newer than the clusters that we serve. */
export const envNameSyntax = /^(?!\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*$/;
