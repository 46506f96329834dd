import { UsageError } from './usage-error.ts';

export interface PutOptions {
  readonly every?: string;
  readonly timezone?: string;
  readonly stop?: boolean;
  readonly deploy?: string;
  readonly label?: string;
  readonly mode?: string;
  readonly all?: boolean;
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
  readonly disabled?: boolean;
}

/** What says which clusters are stopped, and how. */
const stopOptions = ['label', 'mode', 'all', 'savepoint', 'savepointDirectory', 'ha'] as const;

export const definingOptions = ['every', 'timezone', 'stop', 'deploy', 'disabled', ...stopOptions] as const;

/** @throws UsageError for options that would do nothing. */
export const mustBeWithout = (names: readonly (keyof PutOptions)[], options: PutOptions, why: string): void => {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const words = given.map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new UsageError(`${why}: leave ${words.join(', ')} out.`);
};

/** @throws UsageError for options that do not say what to do, and when. */
export const bodyOf = (options: PutOptions): Readonly<Record<string, unknown>> => {
  const { every: expression, timezone, stop = false, deploy, label, mode, all = false, disabled = false } = options;
  const { savepoint, savepointDirectory, ha } = options;
  if (expression === undefined) throw new UsageError("Say when: --every 'cron(0 20 ? * MON-FRI *)', or give a file.");
  if (stop === (deploy !== undefined)) throw new UsageError('Say what to do: --stop or --deploy SPEC.');
  const when = { expression, timezone, ...(disabled ? { enabled: false } : {}) };
  if (!stop) {
    mustBeWithout(stopOptions, options, 'The spec says what is deployed');
    return present({ ...when, action: 'deploy', spec: deploy });
  }
  if (label === undefined && mode === undefined && !all)
    throw new UsageError('Say which clusters: --label, --mode, or --all of the target.');
  const selector = present({ labels: labelsIn(label), mode });
  return present({ ...when, action: 'stop', selector, savepoint, savepointDirectory, ha });
};

const present = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const labelsIn = (text: string | undefined): Readonly<Record<string, string>> | undefined =>
  text === undefined
    ? undefined
    : Object.fromEntries(
        text.split(',').map((pair) => {
          const [, key, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
          if (key === undefined || value === undefined) throw new UsageError(`"${pair}" is not key=value.`);
          return [key.trim(), value.trim()];
        }),
      );
