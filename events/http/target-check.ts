import * as z from 'zod';

const checks = [
  'aws-role',
  'eks-cluster',
  'access-entry',
  'drey-deployer',
  'drey-checker',
  'drey-kerberos',
  'drey-excess',
  'service-account',
  'flink',
  'flink-high-availability',
  'flink-excess',
  'pod-security',
  'ingress',
  'egress',
  'quota',
] as const;

/** One question of a check, and its answer. */
export const Finding = z
  .strictObject({
    check: z.enum(checks),
    state: z.enum(['ok', 'optional', 'missing', 'too-wide', 'unknown']).meta({
      description:
        'optional: absent, and needed only for some clusters. unknown: could not be read, as `detail` explains.',
    }),
    detail: z.string(),
    remedy: z.string().optional().meta({
      description:
        'The shell command that mends it. Words in capital letters stand for values that Drey does not know.',
    }),
  })
  .meta({ id: 'Finding' });

export type Finding = Readonly<z.infer<typeof Finding>>;

/** Whether a finding needs no remedy. */
export const isPassed = ({ state }: Finding): boolean => state === 'ok' || state === 'optional';

/** What a target lacks, and what is allowed there that need not be. */
export const TargetCheck = z
  .strictObject({
    name: z.string().meta({ description: 'The name of the target.' }),
    passed: z.boolean().meta({ description: 'Whether each state is `ok` or `optional`.' }),
    findings: z.array(Finding).readonly(),
  })
  .meta({ id: 'TargetCheck' });

export type TargetCheck = Readonly<z.infer<typeof TargetCheck>>;
