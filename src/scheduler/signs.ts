import type { KubeObject } from '../kube/object.js';
import { providers } from '../providers/registry.js';

/** How far a bound pod has come. */
export type Progress =
  /** Its kubelet has said nothing yet. */
  | 'waiting'
  /** Still pending, and the provider says that it has no stock. */
  | 'no-stock'
  | 'accepted'
  /** A container runs, or has run. */
  | 'started'
  /** Turned away before a container ran: phase Failed. */
  | 'refused'
  /** Succeeded, or Failed after it ran. */
  | 'over';

export interface Signs {
  readonly progress: Progress;
  /** The reason and message of what went wrong; empty where nothing did. */
  readonly because: string;
  /** The provider says that it is out of stock. */
  readonly isStock: boolean;
}

interface Status {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly hostIP?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}
interface ContainerStatus {
  readonly state?: { readonly running?: object; readonly terminated?: object };
  readonly lastState?: { readonly terminated?: object };
}

export function readSigns(pod: KubeObject): Signs {
  const status = (pod['status'] ?? {}) as unknown as Status;
  const stock = stockSign(status);
  const isStock = stock !== undefined;
  const said = [status.reason, status.message].filter((text) => (text ?? '') !== '').join(': ');
  const because = stock ?? said;
  const ran = hasRun(status);
  if (status.phase === 'Succeeded') return { progress: 'over', because: '', isStock: false };
  if (status.phase === 'Failed') return { progress: ran ? 'over' : 'refused', because, isStock };
  if (ran || status.phase === 'Running') return { progress: 'started', because: '', isStock: false };
  if (isStock) return { progress: 'no-stock', because, isStock };
  return { progress: isAccepted(status) ? 'accepted' : 'waiting', because: '', isStock: false };
}

/** What a kubelet writes first, before a container runs. */
const isAccepted = ({ startTime, hostIP, containerStatuses = [] }: Status): boolean =>
  startTime !== undefined || hostIP !== undefined || containerStatuses.length > 0;

const hasRun = ({ containerStatuses = [], initContainerStatuses = [] }: Status): boolean =>
  [...containerStatuses, ...initContainerStatuses].some(
    ({ state = {}, lastState = {} }) => state.running ?? state.terminated ?? lastState.terminated,
  );

/** Of every preset: their signals do not clash, and a node may fit several. */
const stocks = providers.flatMap(({ stock }) => stock ?? []);
const stockConditions = stocks.flatMap(({ conditions = [] }) => conditions);
const stockReasons = new Set(
  stocks.flatMap(({ statusReasons = [] }) => statusReasons.map(({ reason }) => reason)),
);
const stockMessages = stocks.flatMap(({ messages = [] }) => messages.map(({ contains }) => contains));

function stockSign({ reason = '', message = '', conditions = [] }: Status): string | undefined {
  const said = conditions.find(
    (condition) =>
      condition.status === 'False' &&
      (isStockCondition(condition) || isStockMessage(condition.message ?? '')),
  );
  if (said !== undefined) return textOf(said.reason ?? said.type, said.message);
  if (stockReasons.has(reason) || isStockMessage(message)) return textOf(reason, message);
  return undefined;
}

const isStockCondition = ({ type, reason = '' }: Condition): boolean =>
  stockConditions.some((one) => one.type === type && one.reasons.includes(reason));

const isStockMessage = (message: string): boolean => stockMessages.some((text) => message.includes(text));

const textOf = (reason: string, message = ''): string => (message === '' ? reason : `${reason}: ${message}`);
