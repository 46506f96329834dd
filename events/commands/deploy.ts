import * as z from 'zod';

import { DeploymentMode } from '../cluster.ts';
import { Lifetime } from '../lifetime.ts';
import { ClusterId } from '../names.ts';
import { defineCommand } from './define.ts';
import { Args, Parallelism, queueOptions, Restore, RestoreJobs } from './program.ts';

const optionName = /^[$A-Za-z_][$\w-]*(\.[$\w-]+)*$/;

/** Flink options by their dotted names, as `-Dkey=value` has them. */
export const Config = z
  .record(
    z.string().max(253).regex(optionName, 'an option is named like kubernetes.jobmanager.cpu.amount'),
    z.union([z.string(), z.number(), z.boolean()]).transform(String),
  )
  .meta({ description: 'Flink options, as -Dkey=value has them.', example: { 'taskmanager.numberOfTaskSlots': '4' } });

/** The files of a configuration folder that go into the containers, in the order in which Flink mounts them. */
export const configurationFiles = [
  'logback.xml',
  'log4j.properties',
  'logback-console.xml',
  'log4j-console.properties',
  'logback-session.xml',
  'log4j-session.properties',
  'log4j-cli.properties',
] as const;

const File = z.string().max(200_000);

/** A pod to start from. Kubernetes judges what is in it; only its frame is looked at here. */
const PodTemplate = z.looseObject({
  metadata: z.looseObject({}).optional(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).optional() }).optional(),
});
export type PodTemplate = z.output<typeof PodTemplate>;

/** The program of an application cluster. */
export const ApplicationJob = z
  .strictObject({
    jar: z.string().min(1).meta({
      description: 'Where the JobManager finds it: local://, in the image; s3:// or https://, which it fetches.',
      example: 'local:///opt/flink/usrlib/my-flink-job.jar',
    }),
    entryClass: z.string().min(1).optional(),
    args: Args.default([]),
    parallelism: Parallelism.optional(),
    classpaths: z.array(z.url()).optional().meta({ description: 'More places with classes of the program.' }),
    restore: Restore.optional(),
  })
  .meta({ id: 'ApplicationJob' });
export type ApplicationJob = z.output<typeof ApplicationJob>;

export const deploy = defineCommand({
  kind: 'deploy',
  function: 'deploy',
  workflow: 'startup',
  route: 'POST /v1/targets/{target}/clusters',
  summary: 'Start a Flink cluster (`kubernetes-session.sh`, `flink run-application`).',
  data: z
    .strictObject({
      mode: DeploymentMode,
      clusterId: ClusterId.optional().meta({ description: 'Made up when it is left out.' }),
      config: Config.default({}),
      image: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Short for kubernetes.container.image.ref.', example: 'flink:2.2' }),
      job: ApplicationJob.optional().meta({ description: 'The program, in application mode.' }),
      restore: RestoreJobs.optional().meta({
        description:
          'Of a session: the jobs that it starts again once it is up. That of an application is a member of `job`.',
        example: { fromCluster: 'office', latest: true, allowEmptyState: true },
      }),
      flinkVersion: z
        .enum(['1.20', '2.2'])
        .optional()
        .meta({ description: 'The Flink in the image, where its tag does not say so; 2.2 otherwise.' }),
      podTemplates: z
        .strictObject({
          default: PodTemplate.optional(),
          jobmanager: PodTemplate.optional(),
          taskmanager: PodTemplate.optional(),
        })
        .optional()
        .meta({ description: 'Pods to start from: the `kubernetes.pod-template-file.*` of a client.' }),
      files: z
        .partialRecord(z.enum(configurationFiles), File)
        .optional()
        .meta({ description: "Logging configuration, instead of Drey's own log4j-console.properties." }),
      hadoop: z
        .partialRecord(z.enum(['core-site.xml', 'hdfs-site.xml']), File)
        .optional()
        .meta({ description: 'A Hadoop configuration to mount.' }),
      kerberos: z
        .strictObject({
          keytab: z.strictObject({ name: z.string().regex(/^[-._a-zA-Z0-9]+$/), base64: z.base64() }).optional(),
          krb5Conf: File.optional(),
        })
        .optional()
        .meta({ description: 'The keytab of `security.kerberos.login.principal`, and a krb5.conf, to mount.' }),
      lifetime: Lifetime.optional().meta({
        description:
          'When it ends by itself. Without, it ends when somebody stops it, or at the `maxAge` of its target.',
        example: { ttl: '8h', savepoint: 'best-effort' },
      }),
      onFailure: z.enum(['remove', 'keep']).default('remove').meta({
        description:
          'What becomes of the objects of a cluster that does not come up: removed, or kept to look at, until it is stopped or its id is deployed again.',
      }),
      labels: z
        .record(
          z.string().regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, 'not a label name'),
          z.string().max(63),
        )
        .refine((labels) => Object.keys(labels).length <= 32, 'there are at most 32 labels')
        .default({})
        .meta({ description: "Words of the caller's own, for lists and events.", example: { team: 'etl' } }),
      ...queueOptions,
    })
    .meta({ id: 'Deploy' }),
});
