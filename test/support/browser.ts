import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

/** Debian's package. */
const executablePath = '/usr/bin/chromium';

const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-sandbox', // Root has none.
];

export const hasBrowser = (): boolean => existsSync(executablePath);

/** Tests of pages need Debian's Chromium, which root has installed. Without it they fail, and are not left out. */
export const needBrowser = async (): Promise<void> => {
  if (hasBrowser()) return;
  if (process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env }).catch(() => {}); // an old list may do
    await run('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], { env });
  }
  if (!hasBrowser()) throw new Error('The tests of pages need Chromium: apt-get install chromium');
};

/** A browser without a window, whose profile is new and empty. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: flags });
