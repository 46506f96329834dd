import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { fileOperand, readDocument } from '#cli/input/document.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { renderTable } from '#cli/output/table.ts';
import type { Spec, Specs } from '#events/records/specs.ts';

import type { Context } from '../context.ts';

const put = defineAction({
  name: 'put',
  operands: '[name] [file]',
  summary: 'create or change a spec',
  examples: { 'drey spec put office cluster.yaml': 'store the deploy in a YAML or JSON file; - reads stdin' },
  run: async (context, [name, file]) => {
    if (name === undefined || file === undefined) throw new UsageError('Usage: drey spec put NAME FILE');
    const body = await readDocument({ file, option: fileOperand }, context.io.stdin);
    const spec = await context.api.put<Spec>(await specPath(name, context), body);
    if (context.json) context.printJson(spec);
    else context.print(`Spec ${spec.name} stored. Run \`drey deploy --spec ${spec.name}\` to deploy it.`);
  },
});

const get = defineAction({
  name: 'get',
  operands: '[name]',
  summary: 'show a spec',
  examples: { 'drey spec get office > cluster.yaml': 'save a spec as a file for `drey spec put`' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the spec. Specify one spec.');
    const exact = context.withExactTexts();
    const spec = await exact.api.get<Spec>(await specPath(name, context));
    exact.printJson(context.json ? spec : spec.deploy);
  },
});

const list = defineAction({
  name: 'list',
  summary: 'list the specs of a target',
  examples: { 'drey spec list --at etl': 'list the specs of target etl' },
  run: async (context) => {
    const answer = await readList<Specs>(context.api, await specsPath(context), { items: 'specs' });
    if (context.json) return context.printJson(answer);
    if (answer.specs.length === 0)
      return context.print('There are no specs. Run `drey spec put NAME FILE` to store one.');
    context.print(
      await renderTable(
        ['SPEC', 'CHANGED'],
        answer.specs.map(({ name, updatedAt }) => [name, formatTime(updatedAt)]),
      ),
    );
  },
});

const remove = defineAction({
  name: 'delete',
  operands: '[name]',
  summary: 'delete a spec; clusters from it stay',
  examples: { 'drey spec delete office': 'delete a spec that no schedule deploys' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the spec. Specify one spec.');
    const removed = await context.api.delete<{ name: string }>(await specPath(name, context));
    if (context.json) context.printJson(removed);
    else context.print(`Spec ${name} deleted.`);
  },
});

export const spec = defineGroup({
  commands: [put, get, list, remove],
});

const specsPath = async (context: Context) => path`/v1/targets/${await context.target()}/specs`;

/** The path of a spec in the API. */
export const specPath = async (name: string, context: Context) => `${await specsPath(context)}${path`/${name}`}`;
