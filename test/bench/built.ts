/** What `make build` made, with the types of its source: what is measured is what is shipped. */
export async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as T;
}

export const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
