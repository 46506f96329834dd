/** Writes docs/problems.md from the table of problems. The page is committed, and a unit test compares it with the table. */
import { writeFileSync } from 'node:fs';

import { problems } from '#events/problems/problem-table.ts';

const introduction = `\
# Problems

Every failure of a request, an operation or a queued message has one of these codes. An HTTP response has the media type \`application/problem+json\` (RFC 9457):

\`\`\`json
{
  "type": "docs/problems.md#wrong-state",
  "title": "${problems['wrong-state'].title}",
  "status": ${problems['wrong-state'].status},
  "detail": "Cluster nightly in target etl is STOPPING. It takes no jobs.",
  "code": "wrong-state",
  "retryable": ${problems['wrong-state'].retryable}
}
\`\`\`

The same object is in \`problem\` of a failed operation, and in the \`Flink Command Rejected\` event of a rejected message. Branch on \`code\`: codes are stable, titles and details are not.

\`errors\` lists the fields with mistakes, up to 50. \`detail\` is enough without them: it is the only mistake, the first one and the number of the others, or a summary.

- \`retryable: true\`: the same request may succeed later without a change.
- The queue returns a message with a retryable problem. After the fifth attempt the message becomes a dead letter ([queue.md](queue.md)).
- The queue rejects a message with any other problem at once, and keeps it in the rejected queue.
- A repeated idempotency key returns the failed operation again. To retry a failed deploy, send it with a new key.

| code | status | retryable | title |
| --- | --- | --- | --- |
`;

const rows = Object.entries(problems)
  .map(
    ([code, { status, retryable, title }]) =>
      `| [${code}](#${code}) | ${status} | ${retryable ? 'yes' : 'no'} | ${title} |`,
  )
  .join('\n');

const sections = Object.entries(problems)
  .map(
    ([code, { status, retryable, title, meaning, action }]) =>
      `\n## ${code}\n${status} ${title}${retryable ? ', retryable' : ''}. ${meaning}\n\nWhat to do: ${action}\n`,
  )
  .join('');

export const problemsPage = `${introduction}${rows}\n${sections}`;

if (import.meta.main) writeFileSync('docs/problems.md', problemsPage);
