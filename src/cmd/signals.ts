/** The wish to end, as a person or kubelet sends it. */
export interface Termination {
  /** Settles with the first SIGTERM or SIGINT. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Aborts with the second. */
  readonly hurry: AbortSignal;
  /** Back to what Node does by itself. */
  forget(): void;
}

const signals = ['SIGTERM', 'SIGINT'] as const;

export function onTermination(): Termination {
  const hurry = new AbortController();
  let forget = () => {};
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    let count = 0;
    const hear = (signal: NodeJS.Signals) => {
      count += 1;
      if (count > 1) hurry.abort();
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, hear);
    forget = () => {
      for (const signal of signals) process.off(signal, hear);
    };
  });
  return {
    asked,
    hurry: hurry.signal,
    forget: () => {
      forget();
    },
  };
}
