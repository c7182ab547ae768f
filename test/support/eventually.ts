/**
 * Waits until the condition holds, looking every few milliseconds: for what another process or the file system does.
 * Unlike `until` it leaves the processor to the other process. Fails after 30 s, naming what it waited for.
 */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited 30 s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
