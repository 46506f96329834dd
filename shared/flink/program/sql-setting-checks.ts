import type { FlinkVersion } from '#events/flink-version.ts';
import { listKeysOfAllVersions, toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';
import { isReservedOption } from '#shared/flink/option-names/reserved.ts';
import { restoreKeys, restorePathKeys } from '#shared/flink/option-names/restore.ts';
import { findUnknownOptions } from '#shared/flink/option-names/unknown.ts';

import { describeSetting, isUnreadSetting, readSettings, type Setting } from './sql-settings.ts';
import type { ScriptError, Statement } from './sql-statements.ts';

/** The `SET`s that a script must not have. */
export const findSettingErrors = (statements: readonly Statement[]): readonly ScriptError[] => [
  ...statements
    .filter(isUnreadSetting)
    .map(({ line }) => ({ line, detail: "Drey cannot read this SET; write SET 'key' = 'value'" })),
  ...readSettings(statements).flatMap((setting) => {
    const detail = findKeyError(setting.key);
    return detail === undefined ? [] : [{ line: setting.line, detail: describeSetting(setting, detail) }];
  }),
];

const findKeyError = (key: string): string | undefined => {
  if (restorePathKeys.includes(key))
    return 'the savepoint of a job is not set in the script, because Drey records it; use restore.path (-s PATH)';
  if (restoreKeys.includes(key))
    return 'how a job uses its savepoint is not set in the script; use restore.claimMode (--claimMode) or restore.allowNonRestoredState (-n)';
  return isReservedOption(key) ? 'Drey or Flink sets this option itself; remove the statement' : undefined;
};

export interface SettingContext {
  readonly mode: 'application' | 'session';
  readonly flinkVersion: FlinkVersion;
  readonly isHighlyAvailable?: boolean;
  /** The options of the caller. */
  readonly config: Readonly<Record<string, string>>;
}

/** What is valid and probably not intended in a `SET`. The values may be secrets, so no warning has one. */
export const warnAboutSetting = (setting: Setting, context: SettingContext): readonly string[] => {
  const { key, line } = setting;
  const unknown = findUnknownOptions({ [key]: '' }, context.flinkVersion);
  const effect = isClusterOption(key) ? findClusterEffect(setting, context) : findJobEffect(setting, context);
  return [
    ...unknown.map((text) => `Line ${line} of the script: ${text}`),
    ...(effect === undefined ? [] : [`Line ${line} of the script sets ${key}, which ${effect}`]),
  ];
};

const findClusterEffect = ({ isAtHead }: Setting, { mode }: SettingContext): string | undefined => {
  if (mode === 'session') return 'has no effect, because the session is already running.';
  return isAtHead
    ? undefined
    : 'has no effect, because the cluster is already running at that point. Move the SET to the head of the script.';
};

const findJobEffect = ({ key, value }: Setting, { config, flinkVersion }: SettingContext): string | undefined => {
  const name = listKeysOfAllVersions(key).find((one) => Object.hasOwn(config, one) && config[one] !== value);
  if (name === undefined) return undefined;
  const current = toCurrentKey(key, flinkVersion);
  // The options of the command have their current names in the configuration, which Flink reads first.
  return current === key
    ? 'replaces the value of the command.'
    : `has no effect, because the command sets ${name}. Write SET '${current}'.`;
};
