import { UsageError } from './usage-error.ts';
import { parsePositiveInteger } from './values.ts';

export interface ScheduleOptions {
  readonly every?: string;
  readonly timezone?: string;
  readonly stop?: boolean;
  readonly deploy?: string;
  readonly rescale?: string;
  readonly within?: string;
  readonly label?: string;
  readonly mode?: string;
  readonly all?: boolean;
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
  readonly disabled?: boolean;
}

/** The options that select the clusters of a schedule. */
const selectionOptions = ['label', 'mode', 'all'] as const;
/** The options of a schedule that stops clusters. */
const stopOptions = ['savepoint', 'savepointDirectory', 'ha'] as const;

/** All options that a definition in a file replaces. */
export const definitionOptions = [
  'every',
  'timezone',
  'stop',
  'deploy',
  'rescale',
  'within',
  'disabled',
  ...selectionOptions,
  ...stopOptions,
] as const;

/** @throws UsageError for options that would have no effect. */
export const assertAbsent = (
  names: readonly (keyof ScheduleOptions)[],
  options: ScheduleOptions,
  reason: string,
): void => {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const words = given.map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new UsageError(`${reason}. Remove ${words.join(', ')}.`);
};

/** The definition of a schedule. @throws UsageError when the options are incomplete. */
export const buildScheduleBody = (options: ScheduleOptions): Readonly<Record<string, unknown>> => {
  const { every: expression, timezone, stop = false, deploy, label, mode, all = false, disabled = false } = options;
  const { savepoint, savepointDirectory, ha, rescale, within } = options;
  if (expression === undefined)
    throw new UsageError("Specify when the schedule runs: --every 'cron(0 20 ? * MON-FRI *)', or a file.");
  if ([stop ? true : undefined, deploy, rescale].filter((action) => action !== undefined).length !== 1)
    throw new UsageError('Specify what the schedule does: --stop, --deploy SPEC or --rescale N.');
  const timing = { expression, timezone, ...(disabled ? { enabled: false } : {}) };
  if (rescale === undefined) assertAbsent(['within'], options, 'Only a schedule that rescales jobs has a time');
  if (deploy !== undefined) {
    assertAbsent([...selectionOptions, ...stopOptions], options, 'A schedule that deploys a spec selects no clusters');
    return withoutUndefined({ ...timing, action: 'deploy', spec: deploy });
  }
  if (label === undefined && mode === undefined && !all)
    throw new UsageError('Specify the clusters: --label, --mode or --all.');
  const selector = withoutUndefined({ labels: parseLabels(label), mode });
  if (rescale === undefined)
    return withoutUndefined({ ...timing, action: 'stop', selector, savepoint, savepointDirectory, ha });
  assertAbsent(stopOptions, options, 'A schedule that rescales jobs stops no clusters');
  const parallelism = parsePositiveInteger(rescale, 'The parallelism must be a positive number');
  return withoutUndefined({ ...timing, action: 'rescale', selector, parallelism, within });
};

const withoutUndefined = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const parseLabels = (text: string | undefined): Readonly<Record<string, string>> | undefined =>
  text === undefined
    ? undefined
    : Object.fromEntries(
        text.split(',').map((pair) => {
          const [, key, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
          if (key === undefined || value === undefined)
            throw new UsageError(`A label must have the form key=value, not "${pair}".`);
          return [key.trim(), value.trim()];
        }),
      );
