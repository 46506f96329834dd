import { UsageError } from './usage-error.ts';

/** The options of the commands that serve a page on this machine. */
export interface BrowserOptions {
  readonly port?: string;
  /** False by `--no-open`. */
  readonly open?: boolean;
}

export const browserOptions = {
  '--port <n>': 'port on 127.0.0.1 (default: any free one)',
  '--no-open': 'print the address, and open no browser',
} as const;

/** @returns 0 for any free port. @throws UsageError */
export const parsePort = (text: string | undefined): number => {
  if (text === undefined) return 0;
  const port = Number(text);
  if (port === 80)
    throw new UsageError(
      '--port cannot be 80: browsers leave it out of addresses, so that no request names the server.',
    );
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not "${text}".`);
};
