import * as z from 'zod';

import { Config } from '#events/config.ts';

/** The levels of Kubernetes' Pod Security Standards, from the strictest to the widest. */
export const podSecurityLevels = ['restricted', 'baseline', 'privileged'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** The types of Flink's REST service. */
export const serviceTypes = ['ClusterIP', 'Headless_ClusterIP', 'NodePort', 'LoadBalancer'] as const;

/** A name of Kubernetes or of a registry, in which `*` stands for any text. */
const Pattern = z
  .string()
  .min(1)
  .max(500)
  .regex(
    /^[\w.*/:@+-]+$/,
    'A pattern has letters, digits and "-", "_", ".", "/", ":", "@" and "+". "*" stands for any text.',
  );

const Patterns = z.array(Pattern).max(100);

/**
 * A place of jars. A host is a name and no address, so that no entry leads to the metadata service of a node.
 *
 * The path ends with `/`, so that `s3://jars` does not allow the bucket `jars-of-others`.
 */
const JarSource = z
  .string()
  .max(500)
  .regex(
    /^(\*|https?:\/\/(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9](:\d{1,5})?\/([^\s?#\\%]*\/)?|(?!https?:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#\\%]+\/([^\s?#\\%]*\/)?)$/,
    'A source of jars looks like s3://bucket/jars/, https://repository.example.com/ or https://*.example.com/jars/. It ends with "/". "*" alone stands for any source.',
  )
  .refine((source) => !/\/\.{1,2}\//.test(source), 'A source of jars has no part "." or "..".');

/** What callers may do in a target. Every member has a safe default. */
export const Policy = z
  .strictObject({
    podSecurity: z.enum(podSecurityLevels).default('baseline').meta({
      description:
        "The level of Kubernetes' Pod Security Standards that all pods keep: `restricted`, `baseline` or `privileged`.",
    }),
    images: Patterns.default(['*']).meta({
      description:
        'Images that pods may have. `*` stands for any text. A pattern that ends with `@sha256:*` requires a digest.',
      example: ['registry.example.com/flink/*@sha256:*'],
    }),
    jars: z
      .array(JarSource)
      .max(100)
      .default([])
      .meta({
        description:
          'Where programs may come from, besides uploads and files of the image (`local://`): prefixes of file systems, and hosts. It applies to jars, class paths, artifacts, SQL scripts and Python files.',
        example: ['s3://bucket/jars/', 'https://repository.example.com/'],
      }),
    serviceAccounts: Patterns.optional().meta({
      description:
        'Service accounts that pods may have. Default: those that `defaults` and `locked` of the target name, and `default`.',
      example: ['flink'],
    }),
    secrets: Patterns.optional().meta({
      description:
        'Secrets and ConfigMaps that pods may use, besides those of their own cluster. Default: any of the namespace that does not belong to another cluster of Drey.',
    }),
    plainSecrets: z.boolean().default(false).meta({
      description:
        'Whether commands and the target itself may have secrets as text: the values of options and environment variables whose names Flink takes for secrets (`password`, `secret`, `token` …).',
    }),
    annotations: Patterns.optional().meta({
      description:
        'Names of annotations that pods and Services may have. Default: for pods, any but those by which other controllers grant access; for Services, none, unless `exposure` has NodePort or LoadBalancer.',
    }),
    exposure: z.array(z.enum(serviceTypes)).default(['ClusterIP', 'Headless_ClusterIP']).meta({
      description: "Types that Flink's REST service may have.",
    }),
    flinkUi: z.boolean().default(true).meta({
      description:
        "Whether callers who may read the target may see Flink's web UI through the API (`drey ui`). Cancels and submits by the UI are never possible.",
    }),
    namespaces: z.enum(['own', 'any']).default('own').meta({
      description:
        "Whether pods may refer to other namespaces, such as in affinities. The objects of a cluster are always in the target's namespace.",
    }),
    locked: Config.default({}).meta({
      description: 'Options that always have this value. A command that sets another value is refused.',
      example: { 'kubernetes.service-account': 'flink' },
    }),
    denied: z
      .array(z.string().min(1).max(500))
      .max(500)
      .default([])
      .meta({
        description:
          'Options and fields that no command may set. A trailing `.*` matches every option with that prefix. A field is written as a path without indices, such as `podTemplates.spec.tolerations` or `job.args`.',
        example: ['kubernetes.entry.path', 'podTemplates.spec.nodeName'],
      }),
  })
  .meta({ id: 'Policy' });

export type Policy = Readonly<z.output<typeof Policy>>;

/** The policy of a target without one. */
export const defaultPolicy: Policy = Policy.parse({});
