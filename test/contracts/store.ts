import { describe } from 'vitest';

import { describeCommits } from './store/commits.ts';
import { describeLimits } from './store/limits.ts';
import { describePages } from './store/pages.ts';
import { describeQueue } from './store/queue.ts';
import { describeReads } from './store/reads.ts';
import { describeOperations, describeRevisions } from './store/revisions.ts';
import { describeSnapshots } from './store/snapshots.ts';
import { describeTargets } from './store/targets.ts';
import type { OpenStore, StoreDifferences } from './store/world.ts';

/** The behaviour of every store, whether it is in memory or in DynamoDB. */
export const storeContract = (name: string, open: OpenStore, differences: StoreDifferences = {}) =>
  describe(`${name} as the store`, () => {
    describeCommits(open, differences);
    describeReads(open);
    describeOperations(open);
    describeRevisions(open);
    describeSnapshots(open);
    describePages(open);
    describeQueue(open);
    describeTargets(open);
    describeLimits(open);
  });
