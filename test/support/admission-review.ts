type Fields = Readonly<Record<string, unknown>>;

export const reviewUid = '705ab4f5-6393-11e8-b7cc-42010a800002';

/** An AdmissionReview as the API server sends it. `request` states only what the test is about. Default: the creation of the CronJob apps/report. */
export function admissionReview(request: Fields = {}): Fields {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: reviewUid,
      kind: { group: 'batch', version: 'v1', kind: 'CronJob' },
      resource: { group: 'batch', version: 'v1', resource: 'cronjobs' },
      requestKind: { group: 'batch', version: 'v1', kind: 'CronJob' },
      requestResource: { group: 'batch', version: 'v1', resource: 'cronjobs' },
      name: 'report',
      namespace: 'apps',
      operation: 'CREATE',
      userInfo: { username: 'alice', groups: ['system:authenticated'] },
      object: cronJob(),
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      ...request,
    },
  };
}

/** The CronJob apps/report with one container. */
export function cronJob(podSpec: Fields = {}, metadata: Fields = {}): Fields {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'apps', ...metadata },
    spec: {
      schedule: '0 * * * *',
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              containers: [{ name: 'main', image: 'registry.example/report:1' }],
              ...podSpec,
            },
          },
        },
      },
    },
  };
}
