import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Finding, NamedTarget, TargetCheck, Targets } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { fileOperand, readDocument } from '#cli/input/document.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { renderTable } from '#cli/output/table.ts';

import type { Context } from '../context.ts';

export const targets = defineCommand({
  examples: {
    'drey targets': 'list the targets',
    'drey targets put etl etl.yaml': 'create or change target etl from a YAML or JSON file',
    'drey targets get etl > etl.yaml': 'save target etl as a file for `drey targets put`',
    'drey targets check etl': 'show what target etl lacks or allows needlessly, and how to mend it',
    'drey targets delete etl': 'delete target etl, if it has no clusters',
  },
  run: async (context, [verb, name, file]) => {
    if (verb === undefined || (verb === 'list' && name === undefined)) await show(context);
    else if (verb === 'put' && name !== undefined && file !== undefined) await put(name, file, context);
    else if (verb === 'check' && name !== undefined && file === undefined) await check(name, context);
    else if (verb === 'delete' && name !== undefined && file === undefined) await remove(name, context);
    else if ((verb === 'get' || verb === 'describe') && name !== undefined && file === undefined)
      await get(name, context);
    else
      throw new UsageError(
        'Usage: drey targets [list], drey targets put NAME FILE, or drey targets get|check|delete NAME',
      );
  },
});

const readTargets = ({ api }: Context) => readList<Targets>(api, '/v1/targets', { items: 'targets' });

const show = async (context: Context): Promise<void> => {
  const answer = await readTargets(context);
  if (context.json) context.printJson(answer);
  else if (answer.targets.length === 0)
    context.print('There is no target. Run `drey targets put NAME FILE` to create one.');
  else {
    const rows = answer.targets.map(({ name, cluster, region, namespace }) => [name, cluster, region, namespace]);
    context.print(await renderTable(['TARGET', 'EKS CLUSTER', 'REGION', 'NAMESPACE'], rows));
  }
};

const put = async (name: string, file: string, context: Context): Promise<void> => {
  const body = await readDocument({ file, option: fileOperand }, context.io.stdin);
  const answer = await context.api.put<NamedTarget>(path`/v1/targets/${name}`, body);
  if (context.json) context.printJson(answer);
  else
    context.print(
      `Target ${answer.name} is EKS cluster ${answer.cluster} in ${answer.region}, namespace ${answer.namespace}.`,
    );
};

/** Prints the target in the format that `put` reads. */
const get = async (name: string, context: Context): Promise<void> => {
  const { targets: all } = await readTargets(context);
  const found = all.find((target) => target.name === name);
  if (found === undefined)
    throw new Failure(`There is no target ${name}.`, {
      code: 'not-found',
      hint: 'Run `drey targets` to list them.',
    });
  if (context.json) return context.printJson(found);
  const { name: _name, updatedBy: _updatedBy, ...target } = found;
  const { stringify } = await import('yaml');
  context.print(stringify(target).trimEnd());
};

/** @throws Failure when the target did not pass, so that scripts see it. */
const check = async (name: string, context: Context): Promise<void> => {
  const answer = await context.api.get<TargetCheck>(path`/v1/targets/${name}/check`);
  if (context.json) context.printJson(answer);
  else {
    const rows = answer.findings.map((finding) => [finding.check, finding.state, finding.detail]);
    context.print(await renderTable(['CHECK', 'STATE', 'DETAIL'], rows));
    const { isPassed } = await import('#events/http/target-check.ts');
    const failed = answer.findings.filter((finding) => !isPassed(finding));
    for (const line of listRemedies(failed)) context.print(line);
  }
  if (!answer.passed)
    throw new Failure(`Target ${name} did not pass the check.`, {
      hint: 'Run the commands for what is missing or too wide in a checkout of Drey, and check again.',
    });
};

/** The commands, each once, with the checks that they mend. */
const listRemedies = (findings: readonly Finding[]): readonly string[] => {
  const remedies = new Map<string, string[]>();
  for (const { check: id, remedy } of findings)
    if (remedy !== undefined) remedies.set(remedy, [...(remedies.get(remedy) ?? []), id]);
  return [...remedies].flatMap(([remedy, ids]) => ['', `# ${ids.join(', ')}`, remedy]);
};

const remove = async (name: string, context: Context): Promise<void> => {
  const removed = await context.api.delete<{ name: string }>(path`/v1/targets/${name}`);
  if (context.json) context.printJson(removed);
  else context.print(`Target ${name} deleted.`);
};
