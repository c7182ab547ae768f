/** One part of the benchmarks. A new one is a function that measures and one entry in `sections.ts`. */
export interface Section {
  /** `make bench ONLY=<name>` runs it alone. */
  readonly name: string;
  readonly title: string;
  /** Measures. Ends every process that it started, whatever happens. `note`: one line of progress. */
  run(note: (line: string) => void): Promise<SectionReport>;
}

export interface SectionReport {
  readonly budgets: readonly Budget[];
  /** Paragraphs, in Markdown, and tables, in the order in which they are shown. */
  readonly parts: readonly (string | Table)[];
}

/** One line of the budgets of the design, held against what was measured. */
export interface Budget {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
