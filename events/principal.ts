import * as z from 'zod';

/** Longer than an ARN, and than an issuer with a subject of 255 characters. What is longer is cut off. */
const maxCallerCharacters = 700;

/** Who gave a command, or caused a change. docs/events.md lists the forms, which differ in how they begin. */
export const Principal = z
  .string()
  .min(1)
  .max(maxCallerCharacters + 100)
  .meta({
    description:
      'Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.',
    example: 'arn:aws:sts::123456789012:assumed-role/etl/ada',
  });
export type Principal = z.infer<typeof Principal>;

/** The parts of Drey that act without a caller. */
export const dreyPrincipals = {
  /** Observes clusters and jobs, and ends what has ended, crashed or passed its deadline. */
  reconcile: 'drey:reconcile',
  /** Ends clusters that expire or are idle. */
  lifetime: 'drey:lifetime',
  /** Starts queued commands, and ends those that can never start. */
  admission: 'drey:admission',
  /** Receives the messages of timers: ends of lifetimes, and schedules. */
  timers: 'drey:timers',
  /** Reports orphans, and renews jars and schedules, each hour. */
  maintenance: 'drey:maintenance',
  /** Publishes events. */
  publish: 'drey:publish',
  /** Receives messages, before it knows their sender. */
  queue: 'drey:queue',
} as const satisfies Record<string, Principal>;

const cut = (text: string): Principal => text.slice(0, maxCallerCharacters).toWellFormed();

/** A principal that a message carries. Undefined when no part of Drey can have written it. */
export const parsePrincipal = (text: string | undefined): Principal | undefined => Principal.safeParse(text).data;

export const toIamPrincipal = (userArn: string): Principal => cut(userArn);

export const toJwtPrincipal = ({ iss, sub }: { readonly iss: string; readonly sub: string }): Principal =>
  cut(`jwt:${iss}#${sub}`);

/** @param senderId What SQS knows about the sender: the unique ID of a user, or that of a role with the session name. */
export const toSenderPrincipal = (senderId: string): Principal => cut(`sqs:${senderId}`);

/** The AWS account of a principal. Undefined when nothing says it: SQS names only root users by their account. */
export const findAccount = (principal: Principal): string | undefined =>
  (/^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(principal) ?? /^sqs:(\d{12})$/.exec(principal))?.[1];

/** Whether two principals are one user or one role. Sessions of a role differ: each execution of a workflow has its own. */
export const isSameCaller = (one: Principal, other: Principal): boolean =>
  withoutSession(one) === withoutSession(other);

const withoutSession = (principal: Principal): string =>
  principal.replace(/^(arn:[^/]*:assumed-role\/[^/]*)\/.*/s, '$1').replace(/^(sqs:[^:]*):.*/s, '$1');

/** A run of a schedule, with the caller who wrote the schedule. */
export const toSchedulePrincipal = ({
  name,
  updatedBy,
}: {
  readonly name: string;
  readonly updatedBy: Principal;
}): Principal => `schedule:${name} by ${updatedBy}`;
