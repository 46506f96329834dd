/** Writes docs/events.md from the table of events. The page is committed, and a unit test compares it with the table. */
import { writeFileSync } from 'node:fs';

import { dreyPrincipals } from '#events/principal.ts';
import { eventTypes } from '#events/records/transitions.ts';

const introduction = `\
# Events

Drey publishes an event for every change of a cluster or job, and for every result of a command. Use them to start a pipeline after a job, to page someone, or to keep a history.
Events are on the EventBridge bus \`drey-<stage>\` with the source \`drey\`. This rule matches every cluster that failed:

\`\`\`json
{ "source": ["drey"], "detail-type": ["Flink Cluster State Change"], "detail": { "to": ["FAILED"] } }
\`\`\`

| detail-type | when | order |
| --- | --- | --- |
`;

const order = { sequence: 'by `sequence`', none: 'none' } as const;

const rows = Object.entries(eventTypes)
  .map(([type, { description, ordering }]) => `| \`${type}\` | ${description} | ${order[ordering]} |`)
  .join('\n');

/** What each part of Drey does without a caller. */
const dreyParts: Readonly<Record<keyof typeof dreyPrincipals, string>> = {
  reconcile:
    'Drey, which observes clusters and jobs, stops clusters that ended or were deleted, and ends operations at their deadlines',
  lifetime: 'Drey, which warns of the end of a cluster that expires or is idle, and stops it',
  admission: 'Drey, which starts queued commands, and ends those that can never start',
  timers: 'Drey, which receives the messages of timers; only in log lines',
  maintenance: 'Drey, which finds orphans and renews jars, revisions and schedules each hour',
  publish: 'Drey, which publishes events; only in log lines',
  queue: 'Drey, which receives messages of the command queue; only in log lines, before it knows the sender',
};

/** The forms of a principal, with their meaning in Markdown. */
const principals = {
  'arn:…':
    'the caller of an HTTP request that is signed with IAM credentials: the ARN of its user, or of its role with the session name',
  'jwt:<issuer>#<subject>':
    'the caller of an HTTP request with a JSON Web Token, on a stage whose API has a JWT authorizer',
  'sqs:<sender ID>': 'the sender of a message ([queue.md](queue.md#who-sent-a-command))',
  'schedule:<name> by <principal>': 'a run of this schedule, and the caller who wrote the schedule last',
  ...Object.fromEntries(
    Object.entries(dreyParts).map(([part, meaning]) => [dreyPrincipals[part as keyof typeof dreyPrincipals], meaning]),
  ),
} satisfies Readonly<Record<string, string>>;

const principalRows = Object.entries(principals)
  .map(([form, meaning]) => `| \`${form}\` | ${meaning} |`)
  .join('\n');

const details = `
\`events/schemas/\` has a JSON Schema of every detail. \`events/samples/\` has an example of every event.

## Transitions

The state changes of clusters and jobs are *transitions*. This is one, as the detail of its event:

\`\`\`json
{
  "id": "targets/etl/clusters/nightly/transitions/3", "target": "etl", "clusterId": "nightly", "sequence": 3,
  "labels": { "team": "etl" }, "at": "2026-11-23T22:00:09.120Z", "principal": "arn:aws:sts::111122223333:assumed-role/etl/ada",
  "subject": "cluster", "from": "DEPLOYING", "to": "RUNNING", "operationId": "0192f6d27d5c7b0e8f4e0f6f4f3f2a11"
}
\`\`\`

- \`sequence\` numbers the transitions of one cluster and its jobs without gaps. A later incarnation of the cluster ID continues the sequence.
- Delivery is at least once. Repeated deliveries have the same \`id\`.
- Drey publishes transitions in order. An event that the bus refused is published again later, and EventBridge does not guarantee order. A consumer that needs order sorts by \`sequence\`.
- \`GET /v1/targets/{target}/clusters/{clusterId}/events?after=N\` lists all transitions after sequence N, in order.
- Drey observes jobs every minute, and when a job is submitted, listed or canceled. A job that restarts and runs again between two observations has no transition for it.

## Who caused it

\`principal\` says who gave the command, or who caused the change. Its beginning says what it is:

| \`principal\` | who |
| --- | --- |
${principalRows}

- A transition of a cluster has the caller of the command that changes the cluster, or that cancels its queued deploy. After \`kubectl delete\` it is \`drey:reconcile\`, not the caller of the deploy.
- The first transition of a job has the caller of its submit or deploy. Flink causes the later ones, and Drey observes them: they have \`drey:reconcile\`. The exceptions are transitions that Drey observes while a submit, a cancel or a stop waits for them: they have the caller of that command.
- \`Flink Command Finished\` has the caller of the command, also when another one ended it. \`Flink Command Rejected\` has the sender of the message.
- \`Flink Lifetime Warning\` has \`drey:lifetime\`, \`Flink Job Rescaled\` \`drey:reconcile\` and \`Flink Orphans Found\` \`drey:maintenance\`.
- An operation of a redriven dead letter has the sender of the message as its \`principal\`, and who redrove it as \`redrivenBy\`.
- \`updatedBy\` is the principal who last wrote a target, a spec or a schedule, or who last changed the priority of a queued command. \`paused\` of a queue has the principal who paused it.

Commands can be sent through a queue as well: [queue.md](queue.md).
`;

export const eventsPage = `${introduction}${rows}\n${details}`;

if (import.meta.main) writeFileSync('docs/events.md', eventsPage);
