import type { FlinkVersion } from '#events/flink-version.ts';
import { isAtLeast } from '#shared/flink/version.ts';

import { listKeysOfAllVersions } from './canonical.ts';

/** Options whose values follow from the command, such as its mode and its cluster ID. */
const derivedKeys: ReadonlySet<string> = new Set([
  'execution.target',
  'high-availability.cluster-id',
  'jobmanager.rpc.address',
]);

/** Options with which the parts of Flink pass values to each other, and what a caller writes instead. */
const internalPattern = /^(\$internal|internal|kubernetes\.internal|python\.internal)(\.|$)/;
const replacements: Readonly<Record<string, string>> = {
  '$internal.application.main': 'use entryClass of the job (-c CLASS)',
  '$internal.application.program-args': 'use args of the job (the arguments after the program)',
  '$internal.application.id': 'Drey gives the application the ID of its operation; remove the option',
  '$internal.pipeline.job-id': 'Drey gives the job the ID of its operation; remove the option',
};

/** Why no caller may set the option, whatever its value. Undefined for an option that callers may set. */
export const findInternalError = (key: string): string | undefined =>
  listKeysOfAllVersions(key).some((name) => internalPattern.test(name))
    ? (replacements[key] ?? 'Drey or Flink sets this option itself; remove it')
    : undefined;

/** Whether Drey, or Flink itself, sets the option. The key may be a deprecated one. */
export const isReservedOption = (key: string): boolean =>
  listKeysOfAllVersions(key).some((name) => derivedKeys.has(name)) || findInternalError(key) !== undefined;

interface FixedOption {
  readonly value: string;
  readonly reason: string;
  /** The versions of Flink in which Drey needs the option. */
  readonly isNeeded: (version: FlinkVersion) => boolean;
  /** Flink refuses to start with the option without high availability. */
  readonly requiresHighAvailability?: true;
}

/** Options with which Drey reads how the program of an application ended. Their values are the same for each application. */
const fixedOptions: Readonly<Record<string, FixedOption>> = {
  'execution.shutdown-on-application-finish': {
    value: 'false',
    reason: 'Drey removes the cluster after it has recorded how the program ended',
    isNeeded: () => true,
  },
  'execution.submit-failed-job-on-application-error': {
    value: 'true',
    reason: 'Drey reads from a failed job why main() ended',
    isNeeded: (version) => !isAtLeast(version, '2.3'),
    requiresHighAvailability: true,
  },
};

interface Application {
  readonly version: FlinkVersion;
  readonly isHighlyAvailable: boolean;
}

const listFixed = ({ version, isHighlyAvailable }: Application) =>
  Object.entries(fixedOptions).filter(
    ([, { isNeeded, requiresHighAvailability }]) =>
      isNeeded(version) && (requiresHighAvailability === undefined || isHighlyAvailable),
  );

/** Whether Drey sets the option for applications of some kind. The key may be a deprecated one. */
export const isFixedOption = (key: string): boolean =>
  listKeysOfAllVersions(key).some((name) => Object.hasOwn(fixedOptions, name));

/** The options that Drey sets for each application of this kind, with their values. */
export const getFixedOptions = (application: Application): Readonly<Record<string, string>> =>
  Object.fromEntries(listFixed(application).map(([key, { value }]) => [key, value]));

/** Options of a caller with another value than Drey needs, each with the reason. */
export const findFixedErrors = (
  config: Readonly<Record<string, string>>,
  application: Application,
): readonly (readonly [key: string, detail: string])[] =>
  listFixed(application).flatMap(([key, { value, reason }]) =>
    listKeysOfAllVersions(key)
      .filter((name) => (config[name] ?? value).trim().toLowerCase() !== value)
      .map((name) => [name, `must be ${value}, because ${reason}; remove it`] as const),
  );
