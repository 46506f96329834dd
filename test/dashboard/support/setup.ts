/** What jsdom lacks and Cloudscape needs, and the cleanup after each test. */
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

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
Element.prototype.scrollIntoView ??= () => {};
globalThis.scrollTo = () => {};

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});
