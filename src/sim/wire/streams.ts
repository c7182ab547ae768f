import type { Clock } from '../../telemetry/clock.js';
import type { Core } from '../api/call.js';
import type { Selection } from '../api/read.js';
import { expired } from '../api/status.js';
import { watchObjects } from '../api/watch.js';
import type { WatchEvent, WatchOptions } from '../api/watch.js';
import type { Exchange } from './exchange.js';
import type { Fault, FaultMatch, RequestInfo } from './faults.js';
import { viewBookmark, viewEventObject } from './view.js';
import type { View } from './view.js';

export interface StreamOptions extends WatchOptions {
  /** undefined: a random time between 30 and 60 minutes, as kube-apiserver's --min-request-timeout. */
  readonly timeoutSeconds: number | undefined;
  readonly view: View;
  readonly info: RequestInfo;
  readonly faults: readonly Fault[];
}

/** How often a quiet watch that asked for bookmarks gets one. kube-apiserver: once a minute. */
export const bookmarkMs = 60_000;

/** The end of a watch is announced to clients that take bookmarks this long before it. */
const lastBookmarkMs = 2000;

/** A client that falls this far behind loses its watch. */
const maxBacklogBytes = 64 * 1024 * 1024;

/** The open watches. */
export class Streams {
  readonly #clock: Clock;
  readonly #open = new Set<Stream>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers a request with events until it ends. */
  open(core: Core, selection: Selection, exchange: Exchange, options: StreamOptions): void {
    const stream = new Stream(core, this.#clock, exchange, options, () => this.#open.delete(stream));
    this.#open.add(stream);
    stream.begin(selection);
  }

  /** Ends watches: quietly, as a timeout does; by cutting the connection; or with an ERROR event 410. */
  end(how: 'close' | 'cut' | 'expire', match: FaultMatch = {}): number {
    const hit = [...this.#open].filter((stream) => stream.fits(match));
    for (const stream of hit) stream.end(how);
    return hit.length;
  }
}

class Stream {
  readonly #core: Core;
  readonly #exchange: Exchange;
  readonly #options: StreamOptions;
  readonly #clock: Clock;
  readonly #closed: () => void;
  #stop: () => void = () => undefined;
  readonly #timers: (() => void)[] = [];
  #events = 0;
  #ended = false;

  constructor(core: Core, clock: Clock, exchange: Exchange, options: StreamOptions, closed: () => void) {
    this.#core = core;
    this.#clock = clock;
    this.#exchange = exchange;
    this.#options = options;
    this.#closed = closed;
  }

  begin(selection: Selection): void {
    const early: WatchEvent[] = [];
    let handle = (event: WatchEvent): void => {
      early.push(event);
    };
    try {
      this.#stop = watchObjects(this.#core, selection, this.#options, (event) => {
        handle(event);
      });
    } catch (error) {
      this.#closed();
      throw error;
    }
    this.#exchange.response.on('close', () => {
      this.#finish();
    });
    this.#exchange.head(200, this.#options.view.wanted.contentType, []);
    this.#exchange.response.flushHeaders();
    handle = (event) => {
      this.#send(event);
    };
    for (const event of early) this.#send(event);
    this.#schedule();
  }

  fits(match: FaultMatch): boolean {
    const { info } = this.#options;
    return Object.entries(match).every(([field, value]) => info[field as keyof RequestInfo] === value);
  }

  end(how: 'close' | 'cut' | 'expire'): void {
    if (how === 'expire') this.#send({ type: 'ERROR', status: expired('too old resource version').status });
    else if (how === 'cut') this.#exchange.response.destroy();
    else this.#close();
  }

  #schedule(): void {
    const { timeoutSeconds, allowWatchBookmarks } = this.#options;
    const timeoutMs = (timeoutSeconds ?? 1800 * (1 + this.#core.random())) * 1000;
    this.#after(timeoutMs, () => {
      this.#close();
    });
    if (!allowWatchBookmarks) return;
    this.#after(Math.max(timeoutMs - lastBookmarkMs, 0), () => {
      this.#bookmark();
    });
    const again = (): void => {
      this.#after(bookmarkMs, () => {
        this.#bookmark();
        again();
      });
    };
    again();
  }

  #after(ms: number, run: () => void): void {
    if (this.#ended) return;
    this.#timers.push(this.#clock.after(ms, run));
  }

  #bookmark(): void {
    this.#send({ type: 'BOOKMARK', revision: this.#core.store.revision, initialEventsEnd: false });
  }

  #send(event: WatchEvent): void {
    if (this.#ended) return;
    this.#exchange.write(`${JSON.stringify({ type: event.type, object: this.#objectOf(event) })}\n`);
    if (event.type !== 'BOOKMARK') this.#events++;
    if (event.type === 'ERROR' || this.#exchange.response.writableLength > maxBacklogBytes) this.#close();
    else this.#expireIfDue();
  }

  #objectOf(event: WatchEvent): unknown {
    const { view } = this.#options;
    const now = { ...view, nowMs: this.#clock.now() };
    if (event.type === 'ERROR') return event.status;
    if (event.type !== 'BOOKMARK') return viewEventObject(now, event.object, this.#events === 0);
    return viewBookmark(view, {
      resourceVersion: String(event.revision),
      ...(event.initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    });
  }

  #expireIfDue(): void {
    const due = this.#options.faults.some(
      (fault) => fault.type === 'expire' && this.#events >= fault.afterEvents,
    );
    if (due) this.end('expire');
  }

  #close(): void {
    this.#finish();
    if (!this.#exchange.response.destroyed) this.#exchange.response.end();
  }

  #finish(): void {
    this.#ended = true;
    this.#stop();
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#closed();
  }
}
