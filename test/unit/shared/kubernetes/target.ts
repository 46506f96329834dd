import type { NamedTarget } from '#events/records/target.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';

export const target: NamedTarget = { ...plainTarget, name: 'etl', cluster: 'analytics', maxJarBytes: 1 };
