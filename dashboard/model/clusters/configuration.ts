import { mask } from '#events/mask.ts';

import type { Plan } from '../../api/types.ts';
import { textAt } from '../jobs/fields.ts';

/** Where the value of an option comes from. */
export type Origin = Plan['config'][string]['from'] | 'flink';

export const origins: Readonly<Record<Origin, string>> = {
  command: 'Deploy',
  folder: 'Configuration folder',
  target: 'Default of the target',
  drey: 'Drey',
  flink: 'Flink',
};

/** An option of a cluster. */
export interface Option {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  readonly isSecret: boolean;
  /** What a deploy of the spec would set today, if that is another value. */
  readonly planned?: string | undefined;
}

/**
 * The options of a cluster by name: as Flink has them, or else as a deploy of the spec sets them.
 *
 * @param flink Flink's answer to `/jobmanager/config`: a list of keys and values. Undefined: it is not known.
 * @param plan The plan of the spec of the cluster. Undefined: it is not known.
 */
export const toOptions = (flink: unknown, plan: Pick<Plan, 'config'> | undefined): readonly Option[] => {
  const actual = new Map(
    (Array.isArray(flink) ? flink : []).flatMap((entry) => {
      const [key, value] = [textAt(entry, 'key'), textAt(entry, 'value')];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const planned = plan?.config ?? {};
  const keys = new Set([...actual.keys(), ...Object.keys(planned)]);
  return [...keys].toSorted().map((key) => {
    const setting = planned[key];
    const plannedValue = setting === undefined ? undefined : formatSetting(setting.value);
    const value = actual.get(key) ?? plannedValue ?? '';
    const differs = plannedValue !== undefined && actual.has(key) && value !== plannedValue && value !== mask;
    return {
      key,
      value,
      origin: setting?.from ?? 'flink',
      isSecret: value === mask,
      planned: differs && plannedValue !== mask ? plannedValue : undefined,
    };
  });
};

const formatSetting = (value: Plan['config'][string]['value']): string =>
  Array.isArray(value) ? value.join(';') : String(value);
