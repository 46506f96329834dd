/** What jsdom lacks and Cloudscape needs, and the cleanup after each test. */
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

import { setCaller } from '../../../dashboard/api/caller.ts';

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

afterEach(() => {
  cleanup();
  setCaller(undefined);
  sessionStorage.clear();
  localStorage.clear();
  vi.unstubAllGlobals();
});
