import type * as z from 'zod';

import type { otherCalls } from './api.ts';

/** The routes that are not commands. */
export type QueryRoute = keyof typeof otherCalls;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** What the handler of a route answers. */
export type AnswerBody<R extends QueryRoute> = Immutable<z.input<(typeof otherCalls)[R]['answer']>>;
