/**
 * Runs the commands of test/golden with Flink's own client against a control plane without a node.
 *
 *     node test/support/golden/record.ts 2.3            records the cases of Flink 2.3
 *     node test/support/golden/record.ts 2.2 --check    compares the recorded cases with what the client does now
 *
 * Names of cases behind the version select those cases.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { execa } from 'execa';
import pMap from 'p-map';
import { parseAllDocuments } from 'yaml';

import { root } from '#local/settings.ts';
import { normalise } from '#test/unit/shared/flink/normalise.ts';

import { type GoldenCase, goldenCases, goldenFolder, readGolden } from './cases.ts';
import { type Recording, runClient, startControlPlane } from './client.ts';
import { formatObjects } from './objects.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const [version = '', ...names] = positionals;

const exception = /^(?:Caused by: )?((?:[a-z]\w*\.)+\w+(?:Exception|Error)\b.*)$/;
/** The lines that name an exception, and what the client says about an unknown action. */
const formatErrors = (output: string): string => {
  const lines = output
    .split('\n')
    .filter((line) => exception.test(line) || /^(?:".*" is not a valid action|Valid actions are)/.test(line));
  return [...new Set(lines.map((line) => line.replace(/^Caused by: /, '')))].map((line) => `${line}\n`).join('');
};

const write = ({ path }: GoldenCase, { objects, output }: Recording): void => {
  const files = { 'objects.yaml': formatObjects(objects), stderr: objects.length > 0 ? '' : formatErrors(output) };
  for (const [name, text] of Object.entries(files)) {
    const file = join(goldenFolder, path, name);
    if (text === '') rmSync(file, { force: true });
    else writeFileSync(file, text);
  }
};

const generatedId = /flink-cluster-[0-9a-f]{31}/g;
const comparable = (text: string): readonly unknown[] =>
  parseAllDocuments(text.replaceAll(generatedId, 'flink-cluster-generated')).map((document) =>
    normalise(document.toJS()),
  );

/** Whether the client does what was recorded: equal objects, or an output with the recorded lines. */
const isEqual = ({ path }: GoldenCase, { objects, output }: Recording): boolean => {
  const file = `${path}/objects.yaml`;
  const recorded = existsSync(join(goldenFolder, file)) ? readGolden(file) : '';
  if (!isDeepStrictEqual(comparable(formatObjects(objects)), comparable(recorded))) return false;
  const errors = `${path}/stderr`;
  const lines = existsSync(join(goldenFolder, errors)) ? readGolden(errors).split('\n') : [];
  return lines.every((line) => output.includes(line.replace(/^Caused by: /, '')));
};

const main = async (): Promise<void> => {
  const cases = goldenCases.filter(
    (golden) => golden.version === version && (names.length === 0 || names.includes(golden.name)),
  );
  if (cases.length === 0) throw new Error('usage: node test/support/golden/record.ts 2.2|2.3 [CASE...] [--check]');
  const { stdout: home } = await execa(join(root, 'local/kubernetes/flink-home'), [version]);
  const state = mkdtempSync(join(tmpdir(), 'drey-golden-'));
  await using controlPlane = await startControlPlane(state);
  const record = async (golden: GoldenCase): Promise<void> => {
    const recording = await runClient(controlPlane, { home: home.trim(), golden, index: goldenCases.indexOf(golden) });
    const equal = values.check === true ? isEqual(golden, recording) : true;
    if (values.check !== true) write(golden, recording);
    console.log(`${golden.path}: ${recording.objects.length} objects${equal ? '' : ', not as recorded'}`);
    if (!equal) process.exitCode = 1;
    if (recording.objects.length === 0) console.log(formatErrors(recording.output));
  };
  // Cases in the default namespace have no namespace of their own, so they run alone.
  const [alone, together] = [false, true].map((own) =>
    cases.filter(({ command }) => command.includes('golden') === own),
  );
  await pMap(together ?? [], record, { concurrency: 2 });
  await pMap(alone ?? [], record, { concurrency: 1 });
};

await main();
