import type { SqlProgram } from '#events/programs/sql.ts';
import { type FieldError, toPointer } from '#events/problems/problem.ts';
import { isRecord } from '#events/is-record.ts';
import { argumentOptions, parseDynamicProperties } from '#shared/flink/dynamic-properties.ts';
import { toFieldError } from '#shared/flink/options.ts';
import { readScriptSettings, toSettingError } from '#shared/flink/program/sql-settings.ts';

import { commandFields, type CommandField } from './fields.ts';
import { listFieldsOf } from './pod-fields.ts';

/** Something that a command sets. */
export interface Setting {
  /** The options that it sets, or that have the same effect. */
  readonly options: readonly string[];
  /** The field of the command, without indices. Undefined for an option. */
  readonly field?: string;
  /** The fields with the effect of an option. */
  readonly fields?: readonly string[];
  /** The value of the options, if the setting has one in their form. */
  readonly value?: string;
  /** What sets it, for a message. */
  readonly name: string;
  readonly toError: (detail: string) => FieldError;
}

type Config = Readonly<Record<string, string>>;

/** The options with which an option competes: the more specific one wins. */
const generalOptions: Readonly<Record<string, string>> = {
  'kubernetes.jobmanager.service-account': 'kubernetes.service-account',
  'kubernetes.taskmanager.service-account': 'kubernetes.service-account',
  'taskmanager.cpu.cores': 'kubernetes.taskmanager.cpu.amount',
};

const withGeneral = (key: string): readonly string[] => [
  key,
  ...(Object.hasOwn(generalOptions, key) ? [generalOptions[key] ?? ''] : []),
];

/** The options of a command, and those that the arguments of its processes set. */
export const listOptionSettings = (config: Config): readonly Setting[] =>
  Object.entries(config).flatMap(([key, value]) => [
    {
      options: withGeneral(key),
      fields: listFieldsOf(key),
      value,
      name: `the option ${key}`,
      toError: (detail) => toFieldError(key, detail),
    },
    ...(Object.values<string>(argumentOptions).includes(key) ? listArgumentSettings(key, value) : []),
  ]);

const listArgumentSettings = (option: string, text: string): readonly Setting[] =>
  Object.entries(parseDynamicProperties(text).config).map(([key, value]) => ({
    options: withGeneral(key),
    fields: listFieldsOf(key),
    value,
    name: `the option ${key} in ${option}`,
    toError: (detail) => toFieldError(option, detail),
  }));

/** The SETs of a SQL script. */
export const listScriptSettings = (sql: SqlProgram | undefined, pointer: '/job/sql' | '/sql'): readonly Setting[] =>
  sql === undefined
    ? []
    : readScriptSettings(sql).map((setting) => ({
        options: withGeneral(setting.key),
        fields: listFieldsOf(setting.key),
        value: setting.value,
        name: 'the option',
        toError: (detail) => toSettingError(setting, { pointer: `${pointer}/script`, detail }),
      }));

/**
 * The fields of the program, and the others of the table.
 *
 * @param data A deploy, or a submit as `{ job }`.
 * @param root The place of `data.job` in the request.
 */
export const listFieldSettings = (data: Readonly<Record<string, unknown>>, root = '/job'): readonly Setting[] =>
  Object.entries(commandFields).flatMap(([field, option]) => {
    const value = readField(data, field.split('.'));
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [
      {
        options: option === undefined ? [] : [option],
        field,
        ...toValue(value),
        name: `the field ${field}`,
        toError: (detail: string) => ({ pointer: toFieldPointer(field as CommandField, root), detail }),
      },
    ];
  });

/** A text, number or boolean in the form of an option. */
export const toValue = (value: unknown): Pick<Setting, 'value'> =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { value: String(value) } : {};

const toFieldPointer = (field: CommandField, root: string): string =>
  toPointer(field.split('.')).replace(/^\/job(?=\/)/, root);

const readField = (data: unknown, [member, ...rest]: readonly string[]): unknown =>
  member === undefined ? data : isRecord(data) ? readField(data[member], rest) : undefined;
