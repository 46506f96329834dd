import type { NamedTarget, Targets } from '../answers.ts';
import { path } from '../api.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { documentOf } from '../documents.ts';
import { UsageError } from '../failure.ts';
import { tableOf } from '../table.ts';

export const targets = defineCommand({
  examples: {
    'drey targets': 'the places to deploy to',
    'drey targets put etl etl.yaml': 'make target etl, or change it, as the file (YAML or JSON) says',
  },
  run: async (context, [verb, name, file]) => {
    if (verb === undefined) await show(context);
    else if (verb === 'put' && name !== undefined && file !== undefined) await put(name, file, context);
    else throw new UsageError('Usage: drey targets, or drey targets put NAME FILE');
  },
});

const show = async (context: Context): Promise<void> => {
  const answer = await context.api.get<Targets>('/v1/targets');
  if (context.json) context.printJson(answer);
  else if (answer.targets.length === 0)
    context.print('There is no target yet: `drey targets put NAME FILE` makes one.');
  else {
    const rows = answer.targets.map(({ name, cluster, region, namespace }) => [name, cluster, region, namespace]);
    context.print(await tableOf(['TARGET', 'EKS CLUSTER', 'REGION', 'NAMESPACE'], rows));
  }
};

const put = async (name: string, file: string, context: Context): Promise<void> => {
  const answer = await context.api.put<NamedTarget>(
    path`/v1/targets/${name}`,
    await documentOf(file, context.io.stdin),
  );
  if (context.json) context.printJson(answer);
  else
    context.print(
      `Target ${answer.name} is EKS cluster ${answer.cluster} in ${answer.region}, namespace ${answer.namespace}.`,
    );
};
