import { path } from '#cli/api/path.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { documentOf } from '#cli/input/document.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { localTime } from '#cli/output/local-time.ts';
import { tableOf } from '#cli/output/table.ts';
import type { Spec, Specs } from '#events/specs.ts';

import type { Context } from '../context.ts';

const put = defineAction({
  name: 'put',
  operands: '[name] [file]',
  summary: 'store a deploy under a name, or change it',
  examples: { 'drey spec put office cluster.yaml': 'what the file (YAML or JSON) says; - is the standard input' },
  run: async (context, [name, file]) => {
    if (name === undefined || file === undefined) throw new UsageError('Usage: drey spec put NAME FILE');
    const spec = await context.api.put<Spec>(await specPath(name, context), await documentOf(file, context.io.stdin));
    if (context.json) context.printJson(spec);
    else context.print(`Spec ${spec.name} is stored. \`drey deploy --spec ${spec.name}\` deploys it.`);
  },
});

const get = defineAction({
  name: 'get',
  operands: '[name]',
  summary: 'show what is stored under a name',
  examples: { 'drey spec get office > cluster.yaml': 'as a file that `drey spec put` takes' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the spec.');
    const spec = await context.api.get<Spec>(await specPath(name, context));
    if (context.json) return context.printJson(spec);
    const { stringify } = await import('yaml');
    context.print(stringify(spec.deploy).trimEnd());
  },
});

const list = defineAction({
  name: 'list',
  summary: 'show the names of the stored specs',
  examples: { 'drey spec list --at etl': 'those of target etl' },
  run: async (context) => {
    const answer = await context.api.get<Specs>(await specsPath(context));
    if (context.json) return context.printJson(answer);
    if (answer.specs.length === 0) return context.print('There are no specs: `drey spec put NAME FILE` stores one.');
    context.print(
      await tableOf(
        ['SPEC', 'CHANGED'],
        answer.specs.map(({ name, updatedAt }) => [name, localTime(updatedAt)]),
      ),
    );
  },
});

const remove = defineAction({
  name: 'delete',
  operands: '[name]',
  summary: 'remove a stored spec; clusters that came from it stay',
  examples: { 'drey spec delete office': 'refused while schedules deploy it' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the spec.');
    const removed = await context.api.delete<{ name: string }>(await specPath(name, context));
    if (context.json) context.printJson(removed);
    else context.print(`Spec ${name} is removed.`);
  },
});

export const spec = defineGroup({
  commands: [put, get, list, remove],
});

const specsPath = async (context: Context) => path`/v1/targets/${await context.target()}/specs`;

/** The path of a spec. */
export const specPath = async (name: string, context: Context) => `${await specsPath(context)}${path`/${name}`}`;
