import { describe, expect, it } from 'vitest';

import { listTrackedFiles, readTracked } from '#test/support/tracked-files.ts';

/** Words that the glossary retired, and phrases that plain technical English does not use: pattern → what to write. */
const retired: readonly (readonly [RegExp, string])[] = [
  // Names of the code, the API and the command line.
  [
    /\b(lineHead|turnsOf|lackOf|partOf|judged|mostWaiting|most[A-Z]\w+)\b/,
    'the terms of the admission queue; maxQueued, maxX',
  ],
  [
    /\b(lookSoon|observeCluster|Sightings?|sightings?|handLooks)\b|-looks\b|LOOKS_/,
    'reconcile, ReconcileRequest, requestReconcile',
  ],
  [
    /\b(carryOn\w*|carryOut|putAway|giveUp|keepJars|sketchOf|Sketch|tidings\w*|Tidings)\b/,
    'resume…, discard, renewJars, MessageEnvelope, BusEvent',
  ],
  [/\b(stopjob|jobplan|orNothing)\b|or-nothing/, 'stop-job, job-plan, allowEmptyState'],
  [
    /changed-meanwhile|elements-failed|dead-commands?\b|DeadCommands?\b|DEAD_COMMANDS/,
    'conflict, items-failed, dead letters',
  ],
  [/\b(isOver|isEnded|isDone|isThere)\b(?!')/, 'isTerminalCluster, isTerminalJob, isTerminalOperation, holdsResources'],
  [/\b(Firings?|firings?|FIRINGS?)\b|-firings/, 'timer event'],
  [/\b(janitor|backlog|Backlog\w*|observer)\b/, 'maintenance, queue view, reconciler'],
  [/\b(revoked?|revocation|revokes)\b/i, 'cancel, canceled'],
  [/\b_?doors?\b/i, 'origin'],
  [/\bdrained\b/i, 'paused'],
  // Phrases.
  [/\bwhoever\b|\bsomebody\b/i, 'the subject: the caller, another command'],
  [/\bbr(ought|ing|ings|inging) about\b/i, 'cause, do'],
  [/\bput(s|ting)? away\b|\bg(ive|iven|ives|iving) up\b/i, 'discard, stop trying'],
  [/\bcarr(y|ies|ied|ying) on\b/i, 'resume, continue'],
  [/\bstands? still\b/i, 'stalled'],
  [/\b(what|which) (was|is|were) asked for\b/i, 'the request'],
  [/\b(it|which) is (not known|unknown) where\b/i, 'a plain statement'],
  [/\bt(ell|ells|old|elling) of\b/i, 'report, publish'],
  [/\btaken? back\b/i, 'cancel'],
  [/\bin (the )?line\b(?! with)|\bthe line of (a|the|its) target\b/i, 'in the admission queue'],
  [/\bby hand\b/i, 'manually'],
  [/\bat the (most|earliest|latest)\b/i, 'at most, no earlier than, no later than'],
  [/\bmeanwhile\b/i, 'in the meantime, concurrently'],
  [/\bno (more )?longer is\b|\bany more\b/i, 'no longer'],
];

/** Recordings, contracts of others, and pages that name retired words on purpose. */
const exempt =
  /^(CHANGELOG\.md|LICENSE|test\/golden\/|test\/unit\/cli\/golden\/|test\/unit\/words\.test\.ts|local\/kubernetes\/kube\/|infra\/flink-options\/options\.json|shared\/flink\/option-names\/keys\.json|.*\.(png|svg|jar)$)/;

/** The glossary without its column of retired words. */
const withoutFormerly = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.split('|').slice(0, 4).join('|') : line))
    .join('\n');

/** `file:line: word (write: …)` of each retired word. */
const findRetired = async (name: string): Promise<readonly string[]> => {
  const text = await readTracked(name);
  const lines = (name === 'docs/glossary.md' ? withoutFormerly(text) : text).split('\n');
  return lines.flatMap((line, index) =>
    retired.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${name}:${index + 1}: ${found} (write: ${instead})`];
    }),
  );
};

describe('tracked files', () => {
  it('use no retired word', async () => {
    const names = (await listTrackedFiles()).filter((name) => !exempt.test(name));
    const found = await Promise.all(names.map(findRetired));

    expect(found.flat()).toEqual([]);
  });
});
