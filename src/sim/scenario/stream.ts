/** What is pushed comes out in order, until it is ended. For one reader. */
export interface Stream<T> extends AsyncIterable<T, void, undefined> {
  push(item: T): void;
  readonly end: () => void;
}

export function createStream<T>(): Stream<T> {
  let items: T[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  return {
    push(item) {
      items.push(item);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      while (!ended) {
        const batch = items;
        items = [];
        yield* batch;
        if (items.length > 0 || isSet(ended)) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** A call, because the compiler takes a variable that was false for false ever after. */
const isSet = (value: boolean): boolean => value;
