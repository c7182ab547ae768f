/** How to reach an API server and as whom. */
export interface Connection {
  /** `https://host:port`, with a path where the API server sits behind one. No slash at the end. */
  readonly server: string;
  /** The namespace to use where none is said. */
  readonly namespace: string;
  /** A proxy's URL. Default: none. */
  readonly proxy?: string;
  /** What to present with the next request. Called before each one, so it answers from memory where it can. */
  access(): Promise<Access>;
  /** The last credential was refused (401): the next `access` reads or makes a new one. */
  renew(): void;
}

export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** PEM texts. A new value opens new connections; requests under way finish on the old ones. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** The name that the server's certificate is checked for, where it is not the host's. */
  readonly servername?: string;
  /** Default true. False only where a kubeconfig says `insecure-skip-tls-verify`. */
  readonly verify?: boolean;
}
