import * as z from 'zod';

import { DeploymentMode } from '#events/records/cluster.ts';
import { Config } from '../config.ts';
import { PodTemplate } from '../kubernetes/pod-template.ts';
import { Lifetime } from '../lifetime.ts';
import { flinkVersions, newestFlinkVersion } from '../flink-version.ts';
import { ClusterId } from '../names.ts';
import { SnapshotPolicy } from '../snapshot-policy.ts';
import { ApplicationJob } from '#events/programs/application-job.ts';
import { defineCommand } from './define.ts';
import { queueOptions, RestoreJobs } from '#events/programs/program.ts';

/** The files of a configuration folder that Flink mounts into the containers, in the order of Flink. */
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

export const deploy = defineCommand({
  kind: 'deploy',
  function: 'deploy',
  workflow: 'startup',
  route: 'POST /v1/targets/{target}/clusters',
  summary: 'Start a Flink cluster (`kubernetes-session.sh`, `flink run-application`).',
  data: z
    .strictObject({
      mode: DeploymentMode,
      clusterId: ClusterId.optional().meta({ description: 'Generated when omitted.' }),
      config: Config.default({}),
      image: z
        .string()
        .min(1)
        .max(1_000)
        .optional()
        .meta({ description: 'Short form of kubernetes.container.image.ref.', example: 'flink:2.2' }),
      job: ApplicationJob.optional().meta({ description: 'The program of an application cluster.' }),
      restore: RestoreJobs.optional().meta({
        description:
          'Of a session: the jobs to submit again when the session runs. An application has `restore` in `job`.',
        example: { fromCluster: 'office', latest: true, allowEmptyState: true },
      }),
      flinkVersion: z
        .enum(flinkVersions)
        .optional()
        .meta({
          description: `Flink version of the image. Default: from the tag of an image whose name has the word flink, or else ${newestFlinkVersion}.`,
        }),
      podTemplates: z
        .strictObject({
          default: PodTemplate.optional(),
          jobmanager: PodTemplate.optional(),
          taskmanager: PodTemplate.optional(),
        })
        .optional()
        .meta({ description: 'Pod templates, like `kubernetes.pod-template-file.*`.' }),
      files: z
        .partialRecord(z.enum(configurationFiles), File)
        .optional()
        .meta({ description: "Logging configuration. Default: Drey's log4j-console.properties." }),
      hadoop: z
        .partialRecord(z.enum(['core-site.xml', 'hdfs-site.xml']), File)
        .optional()
        .meta({ description: 'Hadoop configuration to mount.' }),
      kerberos: z
        .strictObject({
          keytab: z
            .strictObject({
              name: z
                .string()
                .max(253)
                .regex(/^[-._a-zA-Z0-9]+$/, 'The name of a keytab has letters, digits, "-", "_" and ".".'),
              base64: z.base64().max(200_000),
            })
            .optional(),
          krb5Conf: File.optional(),
        })
        .optional()
        .meta({ description: 'Keytab of `security.kerberos.login.principal` and krb5.conf to mount.' }),
      lifetime: Lifetime.optional().meta({
        description:
          'When Drey stops the cluster. Without a lifetime it runs until a stop, or until the `maxAge` of the target.',
        example: { ttl: '8h', savepoint: 'best-effort' },
      }),
      snapshots: SnapshotPolicy.optional().meta({
        description: 'Savepoints that Drey takes of each running job by itself.',
        example: { every: '6h', keep: 5, maxAge: '7d', notBetween: ['Mon-Fri 08:00-10:00 Europe/Berlin'] },
      }),
      onFailure: z.enum(['remove', 'keep']).default('remove').meta({
        description:
          'Whether the objects of a failed deploy are removed, or kept for diagnosis until the cluster is stopped or its ID is deployed again.',
      }),
      labels: z
        .record(
          z
            .string()
            .regex(
              /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
              'A label name has at most 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit.',
            ),
          z.string().max(63),
        )
        .refine((labels) => Object.keys(labels).length <= 32, 'A cluster has at most 32 labels.')
        .default({})
        .meta({ description: 'Labels of the cluster, for queries and events.', example: { team: 'etl' } }),
      ...queueOptions,
    })
    .meta({ id: 'Deploy' }),
});
