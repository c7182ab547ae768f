/** Whether this process runs in a pod that has a service account. */
export const isInCluster = (): boolean => process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
