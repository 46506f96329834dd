/** Writes docs/events.md from the table of events. The page is committed, and a unit test compares it with the table. */
import { writeFileSync } from 'node:fs';

import { eventTypes } from '#events/transitions.ts';

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

const details = `
\`events/schemas/\` has a JSON Schema of every detail. \`events/samples/\` has an example of every event.

## Transitions

The state changes of clusters and jobs are *transitions*. This is one, as the detail of its event:

\`\`\`json
{
  "id": "targets/etl/clusters/nightly/transitions/3", "target": "etl", "clusterId": "nightly", "sequence": 3,
  "labels": { "team": "etl" }, "at": "2026-11-23T22:00:09.120Z",
  "subject": "cluster", "from": "DEPLOYING", "to": "RUNNING", "operationId": "0192f6d27d5c7b0e8f4e0f6f4f3f2a11"
}
\`\`\`

- \`sequence\` numbers the transitions of one cluster and its jobs without gaps. A later incarnation of the cluster ID continues the sequence.
- Delivery is at least once. Repeated deliveries have the same \`id\`.
- Drey publishes transitions in order. An event that the bus refused is published again later, and EventBridge does not guarantee order. A consumer that needs order sorts by \`sequence\`.
- \`GET /v1/targets/{target}/clusters/{clusterId}/events?after=N\` lists all transitions after sequence N, in order.
- Drey observes jobs every minute, and when a job is submitted, listed or canceled. A job that restarts and runs again between two observations has no transition for it.

Commands can be sent through a queue as well: [queue.md](queue.md).
`;

export const eventsPage = `${introduction}${rows}\n${details}`;

if (import.meta.main) writeFileSync('docs/events.md', eventsPage);
