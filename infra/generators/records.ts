/** Writes the table of record shapes into docs/architecture.md. A test compares the page with the code. */
import { readFileSync, writeFileSync } from 'node:fs';

import { type RecordKind, recordKinds } from '#shared/clusters/model/records/record-kinds.ts';

const page = 'docs/architecture.md';
const start = '<!-- The table of records is generated: npm run generate -->\n';
const end = '<!-- End of the table of records -->\n';

/** As `shared/aws/table/keys.ts` makes them. */
const sortKeys: { readonly [K in RecordKind]: string } = {
  cluster: '`cluster`',
  job: '`cluster#job#<job>`',
  operation: '`operation`',
  revision: '`revision#<number>`',
  snapshot: '`snapshot#<snapshot>`',
  event: '`event#…`, the outer form of every event',
  transition: '`event#transition#<number>`',
  verdict: '`event#verdict`',
  'batch item': '`item#<index>`',
  'queue control': '`control`',
  'queued command': '`queued##<ready key>`, `queued#<operation>`, `admitted#<operation>`',
  schedule: '`schedule#<name>`',
  'schedule run': '`run#<time>`',
  'idempotency key': '`idempotency`',
  refusal: '`refusal`',
  target: '`target#<name>`',
};

const rows = Object.entries(recordKinds).map(
  ([kind, { version }]) => `| ${kind} | ${version} | ${sortKeys[kind as RecordKind]} |\n`, // A key of the table.
);

/** The page with the current table between its two marks. */
export const insertRecords = (text: string): string => {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`${page} has no marks around the table of records.`);
  const table = `| kind | version | sort key |\n| --- | --- | --- |\n${rows.join('')}`;
  return `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`;
};

if (import.meta.main) writeFileSync(page, insertRecords(readFileSync(page, 'utf8')));
