import { flinkVersions } from '#events/flink-version.ts';

/** A part of a request that options set fields of. `restore` is a member of a deploy, of its `job`, or of a submit. */
export const requestParts = ['deploy', 'submit', 'restore', 'stop'] as const;
export type RequestPart = (typeof requestParts)[number];

/** The values of an option: one of a list, or a type. The API validates `text`, `duration` and `url`. */
export type OptionType =
  | readonly [string, ...string[]]
  | 'text'
  | 'duration'
  | 'url'
  | 'integer'
  | 'boolean'
  | 'time'
  | 'list';

interface DreyOption {
  readonly type: OptionType;
  readonly description: string;
  readonly example: string;
  /** The actions that use the option. */
  readonly actions: readonly string[];
  /** The parts of a request that get the value; none when only the client uses it. */
  readonly parts: readonly RequestPart[];
  /** The path of the field in each part, as in `lifetime.ttl`. */
  readonly field?: string;
  /** The option without which this one has no meaning. */
  readonly requires?: string;
}

const deployActions = ['kubernetes-session', 'run', 'run-application', 'sql', 'deploy', 'apply', 'diff'] as const;
const deploy = { actions: deployActions, parts: ['deploy'] } as const;
const start = { actions: deployActions, parts: ['deploy', 'submit'] } as const;
const restore = { actions: deployActions, parts: ['restore'] } as const;
const stop = { actions: ['kubernetes-session'], parts: ['stop'] } as const;

export const savepointPolicies = ['none', 'best-effort', 'required'] as const;
export const haPolicies = ['keep', 'purge'] as const;

/** The `-Ddrey.…` options. Parsing, help, completion, error messages and the table in docs/cli.md follow from these rows. */
export const dreyOptions = {
  'drey.target': {
    type: 'text',
    description: 'target to deploy to; --at overrides it',
    example: 'etl',
    actions: [],
    parts: [],
  },
  'drey.flink-version': {
    ...deploy,
    type: flinkVersions,
    description: 'version of Flink, if no tag of a Flink image names it',
    example: '1.20',
    field: 'flinkVersion',
  },
  'drey.on-failure': {
    ...deploy,
    type: ['remove', 'keep'],
    description: 'what to do with a cluster that fails to start',
    example: 'keep',
    field: 'onFailure',
  },
  'drey.priority': {
    ...start,
    type: 'integer',
    description: 'priority in the admission queue; higher starts first',
    example: '100',
    field: 'priority',
  },
  'drey.depends-on': {
    ...start,
    // A rollout depends on no other command.
    actions: deployActions.filter((action) => action !== 'apply'),
    type: 'list',
    description: 'comma-separated operations that must be FINISHED first',
    example: '0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f',
    field: 'dependsOn',
  },
  'drey.deadline': {
    ...start,
    type: 'time',
    description: 'time after which a command that has not started fails',
    example: '2026-11-24T06:00:00Z',
    field: 'deadline',
  },
  'drey.correlation-id': {
    ...start,
    type: 'text',
    description: 'your id for the command, which its events contain',
    example: 'nightly-2026-11-24',
    field: 'correlationId',
  },
  'drey.team': {
    ...deploy,
    type: 'text',
    description: 'team whose share applies; sets the label team',
    example: 'etl',
    field: 'labels.team',
  },
  'drey.lifetime.ttl': {
    ...deploy,
    type: 'duration',
    description: 'time to live, counted from the start',
    example: '8h',
    field: 'lifetime.ttl',
  },
  'drey.lifetime.until': {
    ...deploy,
    type: 'text',
    description: 'time at which the cluster expires',
    example: '2026-11-24T20:00:00Z',
    field: 'lifetime.until',
  },
  'drey.lifetime.idle-after': {
    ...deploy,
    type: 'duration',
    description: 'expire a session after this time without jobs',
    example: '2h',
    field: 'lifetime.idleAfter',
  },
  'drey.lifetime.savepoint': {
    ...deploy,
    type: savepointPolicies,
    description: 'savepoint policy when the cluster expires',
    example: 'best-effort',
    field: 'lifetime.savepoint',
  },
  'drey.lifetime.savepoint-directory': {
    ...deploy,
    type: 'url',
    description: 'directory of the savepoints on expiry',
    example: 's3://bucket/savepoints',
    field: 'lifetime.savepointDirectory',
  },
  'drey.lifetime.ha': {
    ...deploy,
    type: haPolicies,
    description: 'high-availability data when the cluster expires',
    example: 'purge',
    field: 'lifetime.ha',
  },
  'drey.lifetime.warn-before': {
    ...deploy,
    type: 'duration',
    description: 'time between the warning and the expiry; 0s: no warning',
    example: '10min',
    field: 'lifetime.warnBefore',
  },
  'drey.snapshots.every': {
    ...deploy,
    type: 'duration',
    description: 'time between savepoints that Drey takes by itself',
    example: '6h',
    field: 'snapshots.every',
  },
  'drey.snapshots.keep': {
    ...deploy,
    type: 'integer',
    description: 'how many of these savepoints are kept of a job',
    example: '5',
    field: 'snapshots.keep',
    requires: 'drey.snapshots.every',
  },
  'drey.snapshots.max-age': {
    ...deploy,
    type: 'duration',
    description: 'age after which one of them is disposed of',
    example: '7d',
    field: 'snapshots.maxAge',
    requires: 'drey.snapshots.every',
  },
  'drey.snapshots.not-between': {
    ...deploy,
    type: 'list',
    description: 'comma-separated spans in which none is taken',
    example: 'Mon-Fri 08:00-10:00 Europe/Berlin',
    field: 'snapshots.notBetween',
    requires: 'drey.snapshots.every',
  },
  'drey.snapshots.directory': {
    ...deploy,
    type: 'url',
    description: 'directory of these savepoints',
    example: 's3://bucket/savepoints',
    field: 'snapshots.directory',
    requires: 'drey.snapshots.every',
  },
  'drey.restore.from-cluster': {
    ...restore,
    type: 'text',
    description: 'restore from the latest savepoint of this cluster',
    example: 'etl',
    field: 'fromCluster',
  },
  'drey.restore.snapshot': {
    ...restore,
    type: 'text',
    description: 'restore from this snapshot of `drey snapshots`',
    example: '0192f6d27d5c7b0e8f4e0f6f4f3f2a14',
    field: 'snapshot',
  },
  'drey.restore.job': {
    ...restore,
    type: 'text',
    description: 'name or id of the job whose savepoint to use',
    example: 'clicks',
    field: 'job',
    requires: 'drey.restore.from-cluster',
  },
  'drey.restore.allow-empty-state': {
    ...restore,
    type: 'boolean',
    description: 'start without state if there is no savepoint',
    example: 'true',
    field: 'allowEmptyState',
    requires: 'drey.restore.from-cluster',
  },
  'drey.stop.savepoint': {
    ...stop,
    type: savepointPolicies,
    description: 'savepoint policy of the `stop` command',
    example: 'required',
    field: 'savepoint',
  },
  'drey.stop.savepoint-directory': {
    ...stop,
    type: 'url',
    description: 'directory of the savepoints of the `stop` command',
    example: 's3://bucket/savepoints',
    field: 'savepointDirectory',
  },
  'drey.stop.ha': {
    ...stop,
    type: haPolicies,
    description: 'high-availability data after the `stop` command',
    example: 'purge',
    field: 'ha',
  },
} as const satisfies Readonly<Record<string, DreyOption>>;

/** The rows of the table. */
export const dreyOptionRows: readonly (readonly [name: string, option: DreyOption])[] = Object.entries(dreyOptions);

/** The values of a type, for help and documentation: `remove|keep`, `integer`. */
export const formatType = (type: OptionType): string => (typeof type === 'string' ? type : type.join('|'));

/** The values that completion offers. */
export const listValues = (type: OptionType): readonly string[] => {
  if (typeof type !== 'string') return type;
  return type === 'boolean' ? ['true', 'false'] : [];
};

/** The option that sets the member of a request body at this JSON pointer. */
export const findOptionByPointer = (pointer: string): string | undefined =>
  dreyOptionRows.find(([, { parts, field }]) =>
    parts.some(
      (part) =>
        field !== undefined && `${part === 'restore' ? '/restore' : ''}/${field.replaceAll('.', '/')}` === pointer,
    ),
  )?.[0];
