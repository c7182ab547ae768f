import { fargateLabel } from '../objects/well-known.js';
import type { Provider } from './provider.js';

const computeType = 'eks.amazonaws.com/compute-type';

/**
 * EKS moves the pods that a Fargate profile selects, by a webhook of its own; affinity and tolerations have no say.
 * All that a pod can carry is labels that the profile selects.
 */
export const awsFargate = {
  name: 'aws-fargate',
  title: 'AWS Fargate on EKS',
  sources: {
    overview: 'awsdocs/amazon-eks-user-guide:latest/ug/nodes/fargate.adoc',
    profile: 'awsdocs/amazon-eks-user-guide:latest/ug/nodes/fargate-profile.adoc',
    sizing: 'awsdocs/amazon-eks-user-guide:latest/ug/nodes/fargate-pod-configuration.adoc',
    capacity:
      'https://repost.aws/questions/QUvR4-70JNTOG_Jonp_Fq64A/eks-fargate-capacity-is-unavailable-at-this-time',
  },
  node: {
    labels: [{ key: computeType, value: 'fargate', source: 'overview' }],
    taints: [],
  },
  steering: {
    way: 'outside',
    object: 'an EKS Fargate profile',
    placements: ['VirtualOnly'],
    source: 'profile',
  },
  restrictions: {
    refuses: [{ what: 'gpu', source: 'overview' }],
  },
  options: {
    profile: {
      type: 'string',
      writes: { to: 'label', key: 'eks.amazonaws.com/fargate-profile' },
      description: 'The profile to use where several select the pod; it must select the pod by itself too.',
      source: 'profile',
    },
    selector: {
      type: 'string',
      writes: { to: 'label', key: fargateLabel },
      description:
        'A label value for a profile to select by, so that it takes only the pods that a policy moves.',
      source: 'profile',
    },
  },
  stock: {
    messages: [{ contains: 'Fargate capacity is unavailable at this time', source: 'capacity' }],
  },
  requests: { without: 'sized-by-default', source: 'sizing' },
} as const satisfies Provider;
