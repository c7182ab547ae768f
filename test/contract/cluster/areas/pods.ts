import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Api, Answer, Area, Parsed } from '../behaviour.js';
import { node, pod, pods, unique } from '../objects.js';

const cost = 'controller.kubernetes.io/pod-deletion-cost';

const bind = (
  api: Api,
  ns: string,
  name: string,
  more: { target?: object; metadata?: object } = {},
): Promise<Answer> =>
  api.post(`${pods(ns)}/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, ...more.metadata },
    target: { kind: 'Node', name: 'vn-1', ...more.target },
  });

const get = async (api: Api, ns: string, name: string): Promise<Parsed> =>
  (await api.get(`${pods(ns)}/${name}`)).body;
const condition = (body: Parsed, type: string): Parsed =>
  body.status.conditions?.find((one: Parsed) => one.type === type);

export const bindings: Area = {
  area: 'bindings',
  behaviours: (it) => {
    it('a binding sets the node and PodScheduled, though nobody knows the node', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const answer = await bind(api, ns, 'a');
      expect([answer.status, answer.body.status]).toEqual([201, 'Success']);
      const body = await get(api, ns, 'a');
      expect(body.spec.nodeName).toBe('vn-1');
      expect(condition(body, 'PodScheduled')).toMatchObject({ status: 'True' });
    });

    it('the annotations and labels of a binding are merged into the Pod in the same write, overwriting', async (api) => {
      const ns = await api.namespace();
      const made = await api.post(
        pods(ns),
        pod('a', { metadata: { annotations: { keep: '1', both: 'old' }, labels: { l: 'old' } } }),
      );
      await bind(api, ns, 'a', {
        metadata: { annotations: { both: 'new', [cost]: '-100' }, labels: { l: 'new' } },
      });
      const since = String(made.body.metadata.resourceVersion);
      const [event] = await api.events(`${pods(ns)}?resourceVersion=${since}`, { count: 1 });
      expect(event).toMatchObject({
        type: 'MODIFIED',
        object: {
          spec: { nodeName: 'vn-1' },
          metadata: { annotations: { keep: '1', both: 'new', [cost]: '-100' }, labels: { l: 'new' } },
        },
      });
      expect(event.object.metadata.generation).toBe(1);
    });

    it('annotations of a binding are not validated, and have no manager', async (api) => {
      const ns = await api.namespace();
      await api.post(`${pods(ns)}?fieldManager=me`, pod('a'));
      expect((await bind(api, ns, 'a', { metadata: { annotations: { [cost]: 'much' } } })).status).toBe(201);
      const body = await get(api, ns, 'a');
      expect(body.metadata.annotations).toEqual({ [cost]: 'much' });
      expect(JSON.stringify(body.metadata.managedFields)).not.toContain(cost);
    });

    it('a Pod learns the zone and region of its node in the write that binds it', async (api) => {
      const ns = await api.namespace();
      const name = unique('node');
      const labels = {
        'topology.kubernetes.io/zone': 'z-1',
        'topology.kubernetes.io/region': 'r-1',
        other: 'x',
      };
      await api.post('/api/v1/nodes', node(name, labels));
      await api.post(pods(ns), pod('a'));
      await bind(api, ns, 'a', { target: { name } });
      expect((await get(api, ns, 'a')).metadata.labels).toEqual({
        'topology.kubernetes.io/zone': 'z-1',
        'topology.kubernetes.io/region': 'r-1',
      });
      await api.delete(`/api/v1/nodes/${name}`);
    });

    it('the right uid and resourceVersion are honoured, another is refused with 409', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), pod('a'));
      const { uid, resourceVersion } = body.metadata;
      const otherUid = await bind(api, ns, 'a', { metadata: { uid: 'other' } });
      expect(refusal(otherUid)).toEqual([409, 'Conflict']);
      expect(otherUid.body.message).toContain('Precondition failed: UID in precondition: other');
      const otherRevision = await bind(api, ns, 'a', { metadata: { uid, resourceVersion: '1' } });
      expect(refusal(otherRevision)).toEqual([409, 'Conflict']);
      expect(otherRevision.body.message).toContain('ResourceVersion in precondition: 1');
      expect((await bind(api, ns, 'a', { metadata: { uid, resourceVersion } })).status).toBe(201);
    });

    it('a Pod that is assigned is refused with 409, even to the same node', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      await bind(api, ns, 'a');
      const again = await bind(api, ns, 'a');
      expect(refusal(again)).toEqual([409, 'Conflict']);
      expect(again.body.message).toBe(
        'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "vn-1"',
      );
    });

    it('a Pod that is being deleted is refused with 409', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { metadata: { finalizers: ['contract.tidegate.io/stay'] } }));
      await api.delete(`${pods(ns)}/a`);
      const answer = await bind(api, ns, 'a');
      expect(refusal(answer)).toEqual([409, 'Conflict']);
      expect(answer.body.message).toBe(
        'Operation cannot be fulfilled on pods/binding "a": pod a is being deleted, cannot be assigned to a host',
      );
      await api.patch('merge', `${pods(ns)}/a`, { metadata: { finalizers: null } });
    });

    it('a Pod that is gated is refused with 409, and says so in its condition', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(
        pods(ns),
        pod('a', { spec: { schedulingGates: [{ name: 'a.io/wait' }] } }),
      );
      expect(condition(body, 'PodScheduled')).toMatchObject({ status: 'False', reason: 'SchedulingGated' });
      const answer = await bind(api, ns, 'a');
      expect(refusal(answer)).toEqual([409, 'Conflict']);
      expect(answer.body.message).toBe(
        'Operation cannot be fulfilled on pods/binding "a": pod a has non-empty .spec.schedulingGates',
      );
      await api.patch('merge', `${pods(ns)}/a`, { spec: { schedulingGates: null } });
      expect((await bind(api, ns, 'a')).status).toBe(201);
    });

    it('a Pod that is gone is refused with 404', async (api) => {
      const ns = await api.namespace();
      expect(refusal(await bind(api, ns, 'a'))).toEqual([404, 'NotFound']);
    });

    it('a target that is no Node, or has no name, is refused with 500', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const kind = await bind(api, ns, 'a', { target: { kind: 'Host' } });
      expect([kind.status, kind.body.message]).toEqual([
        500,
        'target.kind: Unsupported value: "Host": supported values: "Node", "<empty>"',
      ]);
      const name = await bind(api, ns, 'a', { target: { name: '' } });
      expect([name.status, name.body.message]).toEqual([500, 'target.name: Required value']);
      expect((await bind(api, ns, 'a', { target: { kind: '' } })).status).toBe(201);
    });

    it('the legacy bindings resource does the same', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const answer = await api.post(`/api/v1/namespaces/${ns}/bindings`, {
        metadata: { name: 'a' },
        target: { name: 'vn-2' },
      });
      expect(answer.status).toBe(201);
      expect((await get(api, ns, 'a')).spec.nodeName).toBe('vn-2');
    });

    it('a dry run binds nothing', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const answer = await api.post(`${pods(ns)}/a/binding?dryRun=All`, {
        metadata: { name: 'a' },
        target: { kind: 'Node', name: 'vn-1' },
      });
      expect(answer.status).toBe(201);
      expect((await get(api, ns, 'a')).spec.nodeName).toBeUndefined();
    });
  },
};

const evict = (api: Api, ns: string, name: string, deleteOptions?: object): Promise<Answer> =>
  api.post(`${pods(ns)}/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
    deleteOptions,
  });

export const podLife: Area = {
  area: 'Pods',
  behaviours: (it) => {
    it('a new Pod is Pending, of a QoS class, of generation 1, whatever status it was sent with', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), { ...pod('a'), status: { phase: 'Running' } });
      expect(body.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
      expect(body.metadata.generation).toBe(1);
      const resources = { limits: { cpu: '1', memory: '1Gi' } };
      const sized = await api.post(
        pods(ns),
        pod('b', { spec: { containers: [{ name: 'a', image: 'b', resources }] } }),
      );
      expect(sized.body.status.qosClass).toBe('Guaranteed');
    });

    it('the defaults of a Pod are filled in, with a priority and the tolerations for 300 s', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), {
        ...pod('a'),
        spec: { containers: [{ name: 'main', image: 'busybox' }] },
      });
      expect(body.spec).toEqual({
        containers: [
          {
            name: 'main',
            image: 'busybox',
            imagePullPolicy: 'Always',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
        dnsPolicy: 'ClusterFirst',
        enableServiceLinks: true,
        preemptionPolicy: 'PreemptLowerPriority',
        priority: 0,
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
        tolerations: [
          {
            key: 'node.kubernetes.io/not-ready',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          },
          {
            key: 'node.kubernetes.io/unreachable',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          },
        ],
      });
    });

    it('a toleration that covers not-ready keeps the default one away', async (api) => {
      const ns = await api.namespace();
      const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }];
      const { body } = await api.post(pods(ns), pod('a', { spec: { tolerations } }));
      expect(body.spec.tolerations.map((one: Parsed) => [one.key, one.tolerationSeconds])).toEqual([
        ['node.kubernetes.io/not-ready', undefined],
        ['node.kubernetes.io/unreachable', 300],
      ]);
    });

    it('an invalid toleration, affinity or env name is refused with 422 and its path', async (api) => {
      const ns = await api.namespace();
      const terms = (list: object[]) => ({
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: list } },
      });
      const cases: [string, object][] = [
        ['spec.tolerations[0].operator', { tolerations: [{ operator: 'Equal' }] }],
        ['spec.tolerations[0].operator', { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }],
        [
          'spec.tolerations[0].effect',
          { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 }] },
        ],
        [
          'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms',
          { affinity: terms([]) },
        ],
        [
          'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values',
          { affinity: terms([{ matchExpressions: [{ key: 'a', operator: 'In' }] }]) },
        ],
        [
          'spec.containers[0].env[0].name',
          { containers: [{ name: 'a', image: 'b', env: [{ name: 'A=B' }] }] },
        ],
        ['spec.nodeSelector', { nodeSelector: { a: 'b c' } }],
        [
          'spec.containers[0].volumeMounts[0].name',
          { containers: [{ name: 'a', image: 'b', volumeMounts: [{ name: 'x', mountPath: '/x' }] }] },
        ],
      ];
      for (const [field, spec] of cases) {
        const answer = await api.post(pods(ns), pod('a', { spec }));
        expect([field, ...refusal(answer)]).toEqual([field, 422, 'Invalid']);
        expect(answer.body.details.causes.map((cause: Parsed) => cause.field)).toContain(field);
      }
      expect((await api.post(pods(ns), pod('empty', { spec: { affinity: terms([{}]) } }))).status).toBe(201);
    });

    it('schedulerName is not validated', async (api) => {
      const ns = await api.namespace();
      expect((await api.post(pods(ns), pod('a', { spec: { schedulerName: 'Bad Name!' } }))).status).toBe(201);
    });

    it('a deletion cost must be an int32 as text: +5, 007, 1.5 and nothing are refused', async (api) => {
      const ns = await api.namespace();
      for (const value of ['+5', '007', '1.5', '', '2147483648']) {
        const answer = await api.post(pods(ns), pod('a', { metadata: { annotations: { [cost]: value } } }));
        expect([value, ...refusal(answer)]).toEqual([value, 422, 'Invalid']);
        expect(answer.body.message).toContain(
          `metadata.annotations[${cost}]: Invalid value: ${JSON.stringify(value)}: must be a 32bit integer`,
        );
      }
      for (const value of ['-100', '0', '2147483647', '-2147483648']) {
        const answer = await api.post(
          `${pods(ns)}?dryRun=All`,
          pod('a', { metadata: { annotations: { [cost]: value } } }),
        );
        expect([value, answer.status]).toEqual([value, 201]);
      }
    });

    it('a Pod with an invalid deletion cost stays writable', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      await bind(api, ns, 'a', { metadata: { annotations: { [cost]: 'much' } } });
      expect((await api.patch('merge', `${pods(ns)}/a`, { metadata: { labels: { a: 'b' } } })).status).toBe(
        200,
      );
    });

    it('an update may add tolerations and change images, nothing else of the spec', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const path = `${pods(ns)}/a`;
      const added = await api.patch('json', path, [
        { op: 'add', path: '/spec/tolerations/-', value: { key: 'vn', operator: 'Exists' } },
      ]);
      expect([added.status, added.body.metadata.generation]).toEqual([200, 2]);
      expect(
        (await api.patch('json', path, [{ op: 'replace', path: '/spec/containers/0/image', value: 'b:2' }]))
          .status,
      ).toBe(200);
      expect(
        (
          await api.patch('json', path, [
            { op: 'replace', path: '/spec/tolerations/0/tolerationSeconds', value: 5 },
          ])
        ).status,
      ).toBe(200);
      for (const change of [
        [{ op: 'remove', path: '/spec/tolerations/2' }],
        [{ op: 'replace', path: '/spec/schedulerName', value: 'other' }],
        [{ op: 'add', path: '/spec/nodeName', value: 'vn-1' }],
        [{ op: 'add', path: '/spec/nodeSelector', value: { a: 'b' } }],
        [{ op: 'add', path: '/spec/containers/-', value: { name: 'more', image: 'b' } }],
        [{ op: 'add', path: '/spec/containers/0/env', value: [{ name: 'A', value: 'b' }] }],
      ]) {
        expect(refusal(await api.patch('json', path, change))).toEqual([422, 'Invalid']);
      }
    });

    it('a gated Pod may gain a nodeSelector and tolerations, and lose its gates', async (api) => {
      const ns = await api.namespace();
      await api.post(
        pods(ns),
        pod('a', { spec: { schedulingGates: [{ name: 'a.io/one' }, { name: 'a.io/two' }] } }),
      );
      const { status, body } = await api.patch('json', `${pods(ns)}/a`, [
        { op: 'add', path: '/spec/nodeSelector', value: { type: 'virtual' } },
        { op: 'remove', path: '/spec/schedulingGates/0' },
      ]);
      expect([status, body.spec.schedulingGates]).toEqual([200, [{ name: 'a.io/two' }]]);
      const more = [{ op: 'add', path: '/spec/schedulingGates/-', value: { name: 'a.io/new' } }];
      expect(refusal(await api.patch('json', `${pods(ns)}/a`, more))).toEqual([422, 'Invalid']);
    });

    it('a write to the Pod leaves its status alone, a write to its status leaves the spec alone', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a'));
      const main = await api.patch('merge', `${pods(ns)}/a`, { status: { phase: 'Running' } });
      expect([main.status, main.body.status.phase]).toEqual([200, 'Pending']);
      const status = await api.patch('merge', `${pods(ns)}/a/status`, {
        status: { phase: 'Running' },
        spec: { nodeName: 'vn-1' },
        metadata: { labels: { via: 'status' } },
      });
      expect(status.body).toMatchObject({
        status: { phase: 'Running', qosClass: 'BestEffort' },
        metadata: { labels: { via: 'status' }, generation: 1 },
      });
      expect(status.body.spec.nodeName).toBeUndefined();
    });

    it('a Pod on a node is deleted after its grace period, by whoever says zero', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { spec: { nodeName: 'vn-1' } }));
      const marked = await api.delete(`${pods(ns)}/a`);
      expect([marked.status, marked.body.metadata.deletionGracePeriodSeconds]).toEqual([200, 30]);
      const until = Date.parse(String(marked.body.metadata.deletionTimestamp));
      expect(until - Date.now()).toBeGreaterThan(20_000);
      expect((await get(api, ns, 'a')).metadata.deletionTimestamp).toBe(
        marked.body.metadata.deletionTimestamp,
      );
      const longer = await api.delete(`${pods(ns)}/a`, { gracePeriodSeconds: 60 });
      expect(longer.body.metadata.deletionGracePeriodSeconds).toBe(30);
      const shorter = await api.delete(`${pods(ns)}/a`, { gracePeriodSeconds: 5 });
      expect(shorter.body.metadata.deletionGracePeriodSeconds).toBe(5);
      await api.delete(`${pods(ns)}/a`, { gracePeriodSeconds: 0 });
      expect((await api.get(`${pods(ns)}/a`)).status).toBe(404);
    });

    it('a finished Pod is deleted at once', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { spec: { nodeName: 'vn-1' } }));
      await api.patch('merge', `${pods(ns)}/a/status`, { status: { phase: 'Succeeded' } });
      await api.delete(`${pods(ns)}/a`);
      expect((await api.get(`${pods(ns)}/a`)).status).toBe(404);
    });

    it('an eviction marks the Pod with DisruptionTarget and deletes it', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { spec: { nodeName: 'vn-1' } }));
      const answer = await evict(api, ns, 'a');
      expect([answer.status, answer.body.status]).toEqual([201, 'Success']);
      const body = await get(api, ns, 'a');
      expect(body.metadata.deletionGracePeriodSeconds).toBe(30);
      expect(condition(body, 'DisruptionTarget')).toMatchObject({
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      });
    });

    it('an eviction of another uid is refused with 409, of another name with 400, of nobody with 404', async (api) => {
      const ns = await api.namespace();
      const { body } = await api.post(pods(ns), pod('a', { spec: { nodeName: 'vn-1' } }));
      expect(refusal(await evict(api, ns, 'a', { preconditions: { uid: 'other' } }))).toEqual([
        409,
        'Conflict',
      ]);
      const misnamed = await api.post(`${pods(ns)}/a/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'b' },
      });
      expect(refusal(misnamed)).toEqual([400, 'BadRequest']);
      expect(refusal(await evict(api, ns, 'b'))).toEqual([404, 'NotFound']);
      expect((await evict(api, ns, 'a', { preconditions: { uid: body.metadata.uid } })).status).toBe(201);
    });

    it('an eviction in a dry run changes nothing', async (api) => {
      const ns = await api.namespace();
      await api.post(pods(ns), pod('a', { spec: { nodeName: 'vn-1' } }));
      expect((await evict(api, ns, 'a', { dryRun: ['All'] })).status).toBe(201);
      const body = await get(api, ns, 'a');
      expect([body.metadata.deletionTimestamp, body.status.conditions]).toEqual([undefined, undefined]);
    });

    it('a PriorityClass that is not there is refused with 403, one that is gives its priority', async (api) => {
      const ns = await api.namespace();
      expect(refusal(await api.post(pods(ns), pod('a', { spec: { priorityClassName: 'nope' } })))).toEqual([
        403,
        'Forbidden',
      ]);
      const { body } = await api.post(
        pods(ns),
        pod('a', { spec: { priorityClassName: 'system-node-critical' } }),
      );
      expect(body.spec.priority).toBe(2000001000);
    });

    it('a new Node is tainted not-ready until somebody takes the taint off', async (api) => {
      const name = unique('node');
      const { body } = await api.post('/api/v1/nodes', { ...node(name), status: { capacity: { cpu: '4' } } });
      expect(body.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
      expect(body.status).toMatchObject({ capacity: { cpu: '4' }, allocatable: { cpu: '4' } });
      await api.delete(`/api/v1/nodes/${name}`);
    });
  },
};
