/** Where a command prints and what it is given. A parameter, so that a test can read it. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** All of standard input. Default: nothing. */
  stdin?(): Promise<string>;
  /** What standard output can show. Default: no colours, 80 columns. */
  readonly terminal?: Terminal;
}

export interface Terminal {
  readonly colours: boolean;
  readonly columns: number;
}

/** What a module in `cmd/` exports. */
export interface Command {
  /** Shown for `--help`, without a line break at its end. */
  readonly usage: string;
  /**
   * Does it all; the answer is the exit code.
   * @throws AppError `usage` for a command line that is not understood (exit code 2), any other for a failure (1);
   * whoever called prints the message.
   */
  run(args: readonly string[], io: Io): Promise<number>;
}
