import { type RolloutOptions, toRolloutFields } from './rollout.ts';
import { UsageError } from './usage-error.ts';
import { parsePositiveInteger } from './values.ts';

export interface ScheduleOptions extends RolloutOptions {
  readonly every?: string;
  readonly timezone?: string;
  readonly stop?: boolean;
  readonly suspend?: boolean;
  readonly resume?: boolean;
  readonly deploy?: string;
  readonly apply?: string;
  readonly rescale?: string;
  readonly within?: string;
  readonly label?: string;
  readonly mode?: string;
  readonly all?: boolean;
  readonly savepoint?: string;
  readonly ha?: string;
  readonly disabled?: boolean;
}

/** The options that select the clusters of a schedule. */
const selectionOptions = ['label', 'mode', 'all'] as const;

/** The options of each action. Those of another one would have no effect. */
const optionsOf = {
  stop: [...selectionOptions, 'savepoint', 'savepointDirectory', 'ha'],
  suspend: [...selectionOptions, 'state', 'fallback', 'savepointDirectory'],
  resume: [...selectionOptions, 'stableWithin', 'maxRestarts', 'onFailure', 'allowNonRestoredState'],
  deploy: [],
  apply: [
    'state',
    'fallback',
    'savepointDirectory',
    'stableWithin',
    'maxRestarts',
    'onFailure',
    'allowNonRestoredState',
  ],
  rescale: [...selectionOptions, 'within'],
} as const satisfies Readonly<Record<string, readonly (keyof ScheduleOptions)[]>>;

type Action = keyof typeof optionsOf;
const actions = Object.keys(optionsOf) as readonly Action[]; // The keys of the table.
const allOptions: readonly (keyof ScheduleOptions)[] = [...new Set(Object.values(optionsOf).flat())];

/** All options that a definition in a file replaces. */
export const definitionOptions = ['every', 'timezone', 'disabled', ...actions, ...allOptions] as const;

/** @throws UsageError for options that would have no effect. */
export const assertAbsent = (
  names: readonly (keyof ScheduleOptions)[],
  options: ScheduleOptions,
  reason: string,
): void => {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const words = given.map((name) => `--${flinksOptions.has(name) ? name : toKebabCase(name)}`);
  throw new UsageError(`${reason}. Remove ${words.join(', ')}.`);
};

/** Options that Flink's own client has, with their names. */
const flinksOptions: ReadonlySet<keyof ScheduleOptions> = new Set(['allowNonRestoredState']);

const toKebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The definition of a schedule. @throws UsageError when the options are incomplete. */
export const buildScheduleBody = (options: ScheduleOptions): Readonly<Record<string, unknown>> => {
  const { every: expression, timezone, disabled = false } = options;
  if (expression === undefined)
    throw new UsageError("Specify when the schedule runs: --every 'cron(0 20 ? * MON-FRI *)', or a file.");
  const action = chooseAction(options);
  const others = allOptions.filter((name) => !optionsOf[action].some((own) => own === name));
  assertAbsent(others, options, `A schedule with --${action} does not have these options`);
  const timing = { expression, timezone, ...(disabled ? { enabled: false } : {}) };
  return withoutUndefined({ ...timing, action, ...buildAction(action, options) });
};

/** @throws UsageError unless there is one. */
const chooseAction = (options: ScheduleOptions): Action => {
  const [action, ...more] = actions.filter((name) => options[name] !== undefined && options[name] !== false);
  if (action !== undefined && more.length === 0) return action;
  throw new UsageError(
    'Specify what the schedule does: --stop, --suspend, --resume, --deploy SPEC, --apply SPEC or --rescale N, and only one of them.',
  );
};

const buildAction = (action: Action, options: ScheduleOptions): Readonly<Record<string, unknown>> => {
  if (action === 'deploy') return { spec: options.deploy };
  if (action === 'apply') return { spec: options.apply, ...toRolloutFields(options) };
  const { label, mode, all = false, savepoint, ha, rescale, within } = options;
  if (label === undefined && mode === undefined && !all)
    throw new UsageError('Specify the clusters: --label, --mode or --all.');
  const selector = withoutUndefined({ labels: parseLabels(label), mode });
  const parallelism =
    rescale === undefined ? undefined : parsePositiveInteger(rescale, 'The parallelism must be a positive number');
  return { selector, savepoint, ...toRolloutFields(options), ha, parallelism, within };
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
