import * as z from 'zod';

import { Config } from '#events/config.ts';
import { Duration } from '#events/lifetime.ts';
import { Principal } from '#events/principal.ts';

import { defaultPolicy, Policy } from './policy.ts';

/** More than any EKS cluster has, and few enough for exact sums. */
const maxAmount = 1_000_000;
/** Kubernetes measures CPU in thousandths. */
const minFraction = 0.001;
const Count = z.int().min(1).max(maxAmount);
const Amount = z.number().min(minFraction).max(maxAmount);

/** Maximum concurrent usage of a target. An absent member has no limit. */
const Limits = z.strictObject({
  clusters: Count.optional(),
  jobs: Count.optional().meta({ description: 'Applications and jobs on sessions.' }),
  cpu: Amount.optional().meta({ description: 'Sum of CPU requests of the pods.' }),
  memoryGibibytes: Amount.optional().meta({ description: 'Sum of memory requests of the pods.' }),
});

export type Limits = Readonly<z.infer<typeof Limits>>;

/** The resources that a command uses of the limits of its target. */
export const Demand = z
  .strictObject({ clusters: z.int(), jobs: z.int(), cpu: z.number(), memoryMebibytes: z.int() })
  .meta({ id: 'Demand' });

export type Demand = Readonly<z.infer<typeof Demand>>;

/** The names of roles that targets may name begin with this. IAM allows the Kubernetes role to assume no other role. */
export const remoteRolePrefix = 'drey-';

/** An EKS cluster and namespace to deploy to, with the policies that apply there. */
export const Target = z
  .strictObject({
    cluster: z
      .string()
      .regex(
        /^[0-9A-Za-z][\w-]{0,99}$/,
        'The name of an EKS cluster has at most 100 letters, digits, "-" and "_", and begins with a letter or a digit.',
      )
      .meta({ description: 'The name of the EKS cluster.' }),
    region: z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'A region looks like eu-central-1.'),
    roleArn: z
      .string()
      .regex(
        new RegExp(
          `^arn:aws[a-z-]*:iam::\\d{12}:role/${remoteRolePrefix}[\\w+=,.@-]{1,${64 - remoteRolePrefix.length}}$`,
        ),
        `A role ARN looks like arn:aws:iam::123456789012:role/${remoteRolePrefix}name. The name begins with ${remoteRolePrefix}, and has no path.`,
      )
      .optional()
      .meta({ description: 'Remote role, for an EKS cluster in another account. The Kubernetes role assumes it.' }),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'An external ID has 2 to 1224 letters, digits and characters of _+=,.@:/-.')
      .optional()
      .meta({ description: 'External ID that the trust policy of the remote role requires. Needs `roleArn`.' }),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'A namespace has at most 63 lower-case letters, digits and "-".'),
    defaults: Config.default({}).meta({
      description: 'Default Flink options of every deploy.',
      example: { 'kubernetes.service-account': 'flink' },
    }),
    policy: Policy.default(defaultPolicy).meta({
      description: 'What commands may do. Every member has a safe default.',
      example: { podSecurity: 'restricted', images: ['registry.example.com/*'] },
    }),
    maxJarBytes: z
      .int()
      .min(1)
      .max(5_000_000_000)
      .default(500_000_000)
      .meta({ description: 'Maximum size of an uploaded jar.' }),
    maxAge: Duration.optional().meta({
      description: 'Maximum lifetime of a cluster, and the default for a cluster without a lifetime.',
    }),
    limits: Limits.default({}).meta({
      description: 'Maximum concurrent usage. Commands that exceed it are queued.',
      example: { clusters: 20, cpu: 64, memoryGibibytes: 256 },
    }),
    shares: z
      .record(z.string().max(63), Limits.extend({ weight: z.number().min(minFraction).max(1_000).default(1) }))
      .default({})
      .meta({
        description:
          'Limits and weight of each team (label `team`) in the admission queue. `*` applies to every team without an entry.',
        example: { etl: { weight: 3 }, '*': { clusters: 5 } },
      }),
    maxQueued: z.int().min(0).max(10_000).default(5_000).meta({
      description:
        'Approximate maximum number of queued commands. A command that fits the free capacity may exceed it.',
    }),
  })
  .refine(({ roleArn, externalId }) => externalId === undefined || roleArn !== undefined, {
    path: ['externalId'],
    error: 'An external ID needs roleArn, because it is sent only when a remote role is assumed.',
  })
  .meta({ id: 'Target', dependentRequired: { externalId: ['roleArn'] } });

export type Target = Readonly<z.infer<typeof Target>>;

/** A target as the table stores it. */
export const StoredTarget = z.strictObject({
  ...Target.shape,
  updatedBy: Principal.optional().meta({ description: 'Who wrote the target last.' }),
});

export type StoredTarget = Readonly<z.infer<typeof StoredTarget>>;

export type NamedTarget = StoredTarget & {
  readonly name: string;
  /** Identifies what was read. Undefined in lists, and when a version of Drey without revisions wrote the target. */
  readonly revision?: string | undefined;
};
