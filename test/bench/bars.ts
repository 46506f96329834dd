/** A figure and its limit. */
export interface CheckedBar {
  readonly name: string;
  readonly value: number;
  readonly max?: number;
  readonly min?: number;
  readonly met: boolean;
}

/**
 * Counts that must not grow. A test compares them, so a change that needs fewer requests lowers the number here. Stages
 * are requests of which each starts after the one before it has ended.
 */
export const countBars = {
  'deploy: stages until the answer': 6,
  'deploy: requests until the answer': 11,
  'deploy: transitions of a start of 19 s': 3,
  'submit: stages until the answer': 5,
  'submit: stages of its state machine': 10,
  'cancel: stages until the answer': 7,
  'stop: stages until the answer': 5,
  'stop: stages of its state machine': 36,
  'list: stages until the answer': 1,
  'deploy beside 1,000 clusters with limits: read units': 3,
  'pass with 1,000 queued commands: read units': 53,
  'minute: requests for each of 20 clusters': 2,
  'minute: DynamoDB calls for each of 20 clusters': 1,
} as const;
export type CountBar = keyof typeof countBars;

/** Sizes of bundles in kB, each without its source map, with some room for ordinary changes. */
export const bundleBars = {
  'deploy: kB': 498,
  'openapi: kB': 64,
  'the largest: kB': 606,
} as const;

/**
 * The first load of the dashboard. The size of its scripts and style sheets, compressed, has some room for ordinary changes, and
 * is compared by a test. The others are those of a browser.
 */
export const pageBars = {
  'first load, scripts and style sheets: kB': 480,
  'first load, compressed: kB': 600,
  'overview interactive: ms': 1_500,
} as const;

/** Compares counts with their limits. */
export const checkCounts = <Name extends string>(
  limits: Readonly<Record<Name, number>>,
  values: Readonly<Record<Name, number>>,
): readonly CheckedBar[] => (Object.keys(limits) as Name[]).map((name) => atMost(name, values[name], limits[name])); // the keys of the table

export const atMost = (name: string, value: number, max: number): CheckedBar => ({
  name,
  value,
  max,
  met: value <= max,
});
export const atLeast = (name: string, value: number, min: number): CheckedBar => ({
  name,
  value,
  min,
  met: value >= min,
});
