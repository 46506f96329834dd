import { environment } from '#test/support/environment.ts';

/** Loaded before everything that reads it. */
Object.assign(process.env, environment);
