/** What jsdom lacks and Cloudscape needs, and the cleanup after each test. */
import { format } from 'node:util';

import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';

import { setCaller } from '../../../dashboard/api/client/caller.ts';

class NoResizes {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= NoResizes as unknown as typeof ResizeObserver;
globalThis.matchMedia ??= ((query: string) => ({
  matches: query.includes('min-width'),
  media: query,
  addEventListener: () => {},
  removeEventListener: () => {},
})) as unknown as typeof matchMedia;
Object.assign(Element.prototype, { scrollIntoView: () => {} });
globalThis.scrollTo = () => {};

configure({
  // A busy machine takes longer than a second for a view.
  asyncUtilTimeout: 8_000,
  // The document is too long for a report.
  getElementError: (message) => new Error(message ?? 'An element is missing.'),
});

/** What React and the page report on the console. It warns there of mistakes that no other test notices. */
let reported: string[] = [];

beforeEach(() => {
  reported = [];
  vi.spyOn(console, 'error').mockImplementation((...values: unknown[]) => void reported.push(format(...values)));
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  setCaller(undefined);
  sessionStorage.clear();
  localStorage.clear();
  vi.unstubAllGlobals();
  if (reported.length > 0) throw new Error(`The console has errors:\n${reported.join('\n')}`);
});
