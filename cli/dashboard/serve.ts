import { once } from 'node:events';

import type { Context } from '#cli/context.ts';

import type { Listener } from './listener.ts';

interface ServeOptions {
  /** What the address shows, in a sentence. */
  readonly title: string;
  /** Whether a browser is opened. */
  readonly opens: boolean;
}

/** Prints the address of a listener, opens a browser, and serves until Ctrl-C. */
export const serve = async (listener: Listener, { title, opens }: ServeOptions, context: Context): Promise<void> => {
  const address = listener.newAddress();
  try {
    if (context.json) context.printJson({ address });
    else context.print(`${title}: ${address}`);
    context.printNotice('The address is valid once. Press Ctrl-C to end.');
    if (opens && mayOpenBrowser(context)) await openBrowser(address, context);
    if (!context.signal.aborted) await once(context.signal, 'abort');
  } finally {
    await listener.close();
  }
};

/** Whether a person with a desktop runs the command. */
const mayOpenBrowser = ({ io: { stdout, env } }: Context): boolean =>
  stdout.isTTY === true &&
  (process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']));

/** The printed address is enough where no browser opens. */
const openBrowser = async (address: string, { printNotice }: Context): Promise<void> => {
  const explain = () => printNotice('No browser was opened. Open the address yourself.');
  try {
    const { default: open } = await import('open');
    const child = await open(address);
    child.once('error', explain);
  } catch {
    explain();
  }
};
