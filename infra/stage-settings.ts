/**
 * What an operator may choose for a stage, in the file `infra/stages/<stage>.yml`. A stage without a file has the
 * defaults.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';
import * as z from 'zod';

import { Grants } from '#events/http/grants.ts';

/** The predefined deployment configurations of CodeDeploy, without their prefix `CodeDeployDefault.Lambda`. */
const Rollout = z.strictObject({
  type: z.enum([
    'Canary10Percent5Minutes',
    'Canary10Percent10Minutes',
    'Canary10Percent15Minutes',
    'Canary10Percent30Minutes',
    'Linear10PercentEvery1Minute',
    'Linear10PercentEvery2Minutes',
    'Linear10PercentEvery3Minutes',
    'Linear10PercentEvery10Minutes',
    'AllAtOnce',
  ]),
  /** Whether the alarms of the stack stop an update, too. Set `false` to deploy the repair of what set one off. */
  stackAlarms: z.boolean().optional(),
});
export type Rollout = z.infer<typeof Rollout>;

const Alarms = z.union([
  /** A topic that exists. Its policy, and that of its key, have to allow CloudWatch. */
  z.strictObject({ topicArn: z.string().regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$/) }),
  /** An address that receives the notifications of the stack's own topic, after it confirmed the subscription. */
  z.strictObject({ email: z.email() }),
]);

/** Lambda has 4 KB for all environment variables of a function, of which Drey uses half. */
const maxRightsBytes = 2_000;

/** Callers have a token of an OpenID Connect issuer, in place of IAM credentials. */
const Jwt = Grants.extend({
  issuer: z.url({ protocol: /^https$/ }),
  audience: z.array(z.string().min(1)).min(1),
}).refine(({ rights }) => Buffer.byteLength(JSON.stringify(rights)) <= maxRightsBytes, {
  path: ['rights'],
  message: `Use at most ${maxRightsBytes} bytes: grant rights to groups instead of people, or by patterns.`,
});

const Origin = z
  .url({ protocol: /^https$/ })
  .refine((url) => new URL(url).origin === url, 'Use an origin, such as https://login.example.org.');

/** The page of the dashboard at CloudFront, whose readers sign in at the issuer of `jwt`. */
const HostedDashboard = z.strictObject({
  /** The public client that the issuer knows the page by. */
  clientId: z.string().min(1),
  scope: z
    .string()
    .refine((scope) => scope.split(' ').includes('openid'), 'Add openid: the page shows who has signed in.')
    .default('openid'),
  /** Origins of the issuer's endpoints that differ from that of the issuer itself. */
  issuerOrigins: z.array(Origin).optional(),
  /** A name of your own. CloudFront takes certificates of us-east-1 only. */
  domain: z
    .strictObject({
      name: z.string().regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/),
      certificateArn: z.string().regex(/^arn:aws:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]+$/),
    })
    .optional(),
});

/** The maximum number of concurrent executions of the function `commandQueue` that SQS starts. */
export const maxConcurrentCommands = 20;

/** Some names of resources have at most 64 characters, and the Region beside the stage. */
export const maxStageCharacters = 20;

const Members = z.strictObject({
  /** Callers prove who they are by tokens. Without it they sign their requests with IAM credentials. */
  jwt: Jwt.optional(),
  /** Runs the functions in a VPC. Without it they reach public endpoints only. */
  vpc: z
    .strictObject({
      // Lambda takes at most so many for a function.
      subnetIds: z
        .array(z.string().regex(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/))
        .min(1)
        .max(16),
      securityGroupIds: z
        .array(z.string().regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/))
        .min(1)
        .max(5),
    })
    .optional(),
  /** Traces functions and state machines with X-Ray. */
  tracing: z.boolean().optional(),
  /**
   * Protects the table from being deleted. Set it after the first deploy: CloudFormation cannot delete a protected table
   * when a first deploy fails.
   */
  deletionProtection: z.boolean().optional(),
  /** Shifts the functions to a new version gradually, and back when it fails. Without it an update replaces them at once. */
  rollout: Rollout.optional(),
  /** Whom the alarms notify. Without it they notify a topic of the stack without subscriptions. */
  alarms: Alarms.optional(),
  /**
   * Concurrency that the function `commandQueue` has for itself. Lambda refuses it when it leaves fewer than 100 unreserved
   * executions in the account.
   */
  reservedConcurrency: z.int().min(maxConcurrentCommands).optional(),
  /**
   * How many executions of the function `startup` run at once, each of which waits for one starting cluster. They are
   * reserved by Lambda, as with `reservedConcurrency`.
   */
  startupConcurrency: z.int().min(10).optional(),
  /** After how many days S3 deletes the logs of clusters that have ended. 30 by default. */
  keptLogDays: z.int().min(1).max(3_650).optional(),
  /** Hosts the dashboard. Without it `drey dashboard` serves the page on the reader's computer. */
  dashboard: HostedDashboard.optional(),
});

export const StageSettings = Members.refine(({ jwt, dashboard }) => dashboard === undefined || jwt !== undefined, {
  path: ['dashboard'],
  message: 'Set jwt, too: the page has tokens, and no IAM credentials.',
});
export type StageSettings = z.infer<typeof StageSettings>;

/**
 * Reads the settings of a stage.
 *
 * @param file A file in place of `infra/stages/<stage>.yml`. It must exist.
 * @throws Error that names the file and each mistake in it, or for a stage that no resource can be named after.
 */
export const readStageSettings = (stage: string, file = process.env['DREY_STAGE_SETTINGS']): StageSettings => {
  if (!/^[a-z][a-z0-9-]*$/.test(stage) || stage.length > maxStageCharacters)
    throw new Error(
      `A stage cannot be named ${stage}. Use at most ${maxStageCharacters} lower-case letters, digits and "-", and begin with a letter.`,
    );
  const path = file ?? join(import.meta.dirname, 'stages', `${stage}.yml`);
  if (file === undefined && !existsSync(path)) return StageSettings.parse({});
  const settings = StageSettings.safeParse(parseYaml(path) ?? {});
  if (!settings.success)
    throw new Error(`The stage settings in ${path} are invalid.\n${z.prettifyError(settings.error)}`);
  return settings.data;
};

const parseYaml = (path: string): unknown => {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(`The stage settings in ${path} cannot be read.\n${detail}`, { cause: error });
  }
};
