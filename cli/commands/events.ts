import type { Transitions } from '../answers.ts';
import { clusterPath } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import { type Context, neededClusterId } from '../context.ts';
import { slowingPause } from '../progress.ts';
import { transitionLine } from '../transitions.ts';

interface Options {
  readonly follow?: boolean;
}

const pace = { firstMs: 2_000, longestMs: 2_000 };
const pageSize = 500;

export const events = defineCommand<Options>({
  options: { '-f, --follow': 'go on with what happens next, until Ctrl-C' },
  examples: {
    'drey events my-first-flink-cluster': 'all of it',
    'drey events my-first-flink-cluster -f --output json': 'an object a line, as it happens',
  },
  run: async (context, [operand], { follow }) => {
    const eventsPath = `${clusterPath({ clusterId: neededClusterId(context, operand), target: await context.target() })}/events`;
    if (follow !== true && context.json) {
      context.printJson(await everything(eventsPath, context));
      return;
    }
    let last = await printAfter(0, eventsPath, context);
    if (follow !== true) return;
    const pause = slowingPause(pace, context.signal);
    for (;;) {
      await pause();
      last = await printAfter(last, eventsPath, context);
    }
  },
});

async function* pages(after: number, eventsPath: string, { api }: Context): AsyncGenerator<Transitions> {
  for (let last = after; ;) {
    const page = await api.get<Transitions>(eventsPath, { after: last, limit: pageSize });
    if (page.transitions.length === 0) return;
    yield page;
    last = page.last;
  }
}

const everything = async (eventsPath: string, context: Context): Promise<Transitions> => {
  const all: Transitions = { transitions: [], last: 0 };
  for await (const { transitions, last } of pages(0, eventsPath, context)) {
    all.transitions.push(...transitions);
    all.last = last;
  }
  return all;
};

/** @returns The number of the last one. */
const printAfter = async (after: number, eventsPath: string, context: Context): Promise<number> => {
  let last = after;
  for await (const page of pages(after, eventsPath, context)) {
    for (const one of page.transitions)
      context.print(context.json ? JSON.stringify(one) : transitionLine(one, context.io.stdout));
    last = page.last;
  }
  return last;
};
