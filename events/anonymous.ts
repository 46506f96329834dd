import type { Principal } from './principal.ts';

/** The caller of a route without authorization. No command comes from one. */
export const anonymous: Principal = 'anonymous';
