import type { Store } from '#shared/clusters/ports/store.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

import { newName, start } from './records.ts';

/** A store under test, with a clock of its own. */
export interface StoreWorld {
  readonly store: Store;
  readonly targets: Targets;
  /** Adapters of one more process over the same records. */
  readonly others: Pick<StoreWorld, 'store' | 'targets'>;
}

/** In what a table under test differs from DynamoDB. */
export interface StoreDifferences {
  /** An update counts the value that it replaces as a part of the item, so that a large record cannot change. */
  readonly countsReplacedValues?: boolean;
}

/** Opens an empty store, or one with records of other targets. */
export type OpenStore = (now: () => Date) => StoreWorld | Promise<StoreWorld>;

export interface Clock {
  readonly now: () => Date;
  readonly passTime: (seconds: number) => void;
}

export const startClock = (): Clock => {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    passTime: (seconds) => {
      time += seconds * 1000;
    },
  };
};

/** The index of a real table follows the table after a moment. */
export const indexed = { timeout: 10_000, interval: 100 };

/** The account with which each store under test is opened. */
export const stageAccount = '000000000000';

/** A target that no other test uses. */
export const newTarget = () => newName('contract');
