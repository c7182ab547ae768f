/** The client, in a process of its own: takes a load, answers what it measured. */
import { load, type Load } from './load.ts';

process.on('message', (message: Load) => {
  load(message).then(
    (measured) => process.send?.({ measured }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
