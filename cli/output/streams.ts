export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The streams, the environment and the signal of the process. */
export interface ProcessIo {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder with `package.json` and `.local/drey.json`. */
  readonly packageFolder: string;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}
