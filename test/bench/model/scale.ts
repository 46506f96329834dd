import type { Service } from '#test/faults/simulation.ts';

import { type FunctionEntry, type FunctionName, functions } from '../../../infra/functions.ts';
import { sum } from '../measure.ts';
import type { CommandCounts } from './commands.ts';
import type { Growth } from './growth.ts';

/** What a command or an hour consumes, by the terms of AWS's bills. */
interface Consumption {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly transitions: number;
  readonly invocations: number;
  /** How long functions run. It has no price of its own. */
  readonly functionSeconds: number;
  readonly gigabyteSeconds: number;
  readonly apiRequests: number;
  readonly messages: number;
  readonly events: number;
}
type Item = keyof Consumption;
type PricedItem = Exclude<Item, 'functionSeconds'>;

/** List prices of us-east-1 in US dollars for a million, without free tiers. */
const prices: Readonly<Record<PricedItem, { readonly name: string; readonly perMillion: number }>> = {
  readUnits: { name: 'DynamoDB, read request units (on demand)', perMillion: 0.125 },
  writeUnits: { name: 'DynamoDB, write request units (on demand)', perMillion: 0.625 },
  transitions: { name: 'Step Functions, state transitions (standard)', perMillion: 25 },
  invocations: { name: 'Lambda, invocations', perMillion: 0.2 },
  gigabyteSeconds: { name: 'Lambda, GB-seconds (arm64)', perMillion: 13.3334 },
  apiRequests: { name: 'API Gateway, requests (HTTP API)', perMillion: 1 },
  messages: { name: 'SQS, requests (FIFO)', perMillion: 0.5 },
  events: { name: 'EventBridge, events', perMillion: 1 },
};
const pricedItems = Object.keys(prices) as PricedItem[]; // the keys of the table
const items: readonly Item[] = [...pricedItems, 'functionSeconds'];

/** Defaults of AWS in us-east-1, a second. */
const quotas: readonly (readonly [item: Item, name: string, perSecond: number, raise: string])[] = [
  ['transitions', 'Step Functions, state transitions', 5_000, 'Service Quotas: StateTransition'],
  ['readUnits', 'DynamoDB, read units of a table', 40_000, 'Service Quotas: table-level read throughput'],
  ['writeUnits', 'DynamoDB, write units of a table', 40_000, 'Service Quotas: table-level write throughput'],
  ['events', 'EventBridge, PutEvents', 10_000, 'Service Quotas: PutEvents throttle limit'],
  ['apiRequests', 'API Gateway, requests of an account', 10_000, 'Service Quotas: throttle rate'],
];
const executionsPerSecond = 300;
const lambdaConcurrency = 1_000;

/** `provider.memorySize` of serverless.yml. */
const defaultMegabytes = 512;
/** Assumed, because the simulation has no time of a processor. */
const processorMs = 25;
/** How much more is sent in the busiest second than on average. */
const peak = 20;
const deploysPerDay = [10, 1_000, 100_000] as const;
const liveClusters = 10_000;
const [daySeconds, monthDays, monthHours] = [86_400, 30, 720] as const;

/** The tables of docs/scale.md, from the counts of the simulation. */
export const renderScale = (commands: readonly CommandCounts[], growth: readonly Growth[]): string => {
  const of = (name: string) => toConsumption(findCommand(commands, name), 1);
  const life = add(of('deploy'), of('stop'));
  const minutes = growth.filter(({ whole }) => whole !== undefined);
  const [idle, busy] = [minutes.at(0), minutes.at(-1)];
  if (idle?.whole === undefined || busy?.whole === undefined) throw new Error('No minute was counted.');
  const target = multiply(toConsumption(idle.whole, 0), 60);
  const cluster = multiply(
    add(toConsumption(busy.whole, 0), multiply(toConsumption(idle.whole, 0), -1)),
    60 / busy.size,
  );
  const names = ['deploy', 'submit', 'cancel', 'stop', 'list', 'read of a cluster'] as const;
  const rows: readonly Row[] = [
    ...names.map((name): Row => [name, of(name)]),
    ['an hour of a running session', cluster],
    ['an hour of a target without clusters', target],
  ];
  return [renderCounts(rows), renderPrices(), renderCosts(life, cluster, target), renderQuotas(life, cluster)].join(
    '\n\n',
  );
};

type Row = readonly [name: string, consumption: Consumption];

const findCommand = (commands: readonly CommandCounts[], name: string): CommandCounts => {
  const command = commands.find((one) => one.command === name);
  if (command === undefined) throw new Error(`${name} was not counted.`);
  return command;
};

const toConsumption = ({ total, transitions, invocations, log }: CommandCounts, apiRequests: number): Consumption => {
  const functionsInvoked = Object.entries(invocations).map(([name, { count, ms }]) => ({
    count,
    seconds: (ms + count * processorMs) / 1_000,
    gigabytes: megabytesOf(name) / 1_024,
  }));
  const countOf = (service: Service) => log.filter((request) => request.service === service).length;
  return {
    readUnits: total.readUnits,
    writeUnits: total.writeUnits,
    transitions,
    invocations: sum(functionsInvoked.map(({ count }) => count)),
    functionSeconds: sum(functionsInvoked.map(({ seconds }) => seconds)),
    gigabyteSeconds: sum(functionsInvoked.map(({ seconds, gigabytes }) => seconds * gigabytes)),
    apiRequests,
    messages: 3 * countOf('SQS'), // sent, received and deleted
    events: countOf('EventBridge'),
  };
};

const megabytesOf = (name: string): number => {
  const entry: FunctionEntry | undefined = Object.hasOwn(functions, name) ? functions[name as FunctionName] : undefined;
  return entry?.memorySize ?? defaultMegabytes;
};

const combine = (make: (item: Item) => number): Consumption =>
  Object.fromEntries(items.map((item) => [item, make(item)])) as unknown as Consumption; // It has each item.
const add = (one: Consumption, other: Consumption) => combine((item) => one[item] + other[item]);
const multiply = (one: Consumption, factor: number) => combine((item) => one[item] * factor);
const toDollars = (one: Consumption) => sum(pricedItems.map((item) => (one[item] * prices[item].perMillion) / 1e6));

const renderCounts = (rows: readonly Row[]): string =>
  [
    '| | read units | write units | transitions | invocations | GB-s | SQS requests | events | US dollars for a million |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(([name, one]) => {
      const counts = [one.readUnits, one.writeUnits, one.transitions, one.invocations].map((value) => format(value));
      const others = [one.gigabyteSeconds.toFixed(3), format(one.messages), format(one.events)];
      return `| ${[name, ...counts, ...others, format(toDollars(one) * 1e6, 0)].join(' | ')} |`;
    }),
  ].join('\n');

const renderPrices = (): string =>
  [
    '| list price of us-east-1, without free tiers | US dollars for a million |',
    '| --- | --- |',
    ...pricedItems.map((item) => `| ${prices[item].name} | ${prices[item].perMillion} |`),
  ].join('\n');

const renderCosts = (life: Consumption, cluster: Consumption, target: Consumption): string => {
  const perMonth = (deploys: number) => toDollars(multiply(life, deploys * monthDays));
  const live = toDollars(multiply(cluster, liveClusters * monthHours));
  return [
    '| a month (30 days) | US dollars |',
    '| --- | --- |',
    ...deploysPerDay.map(
      (deploys) => `| ${number(deploys)} deploys a day, each with its stop | ${format(perMonth(deploys), 2)} |`,
    ),
    `| ${number(liveClusters)} running sessions | ${format(live, 2)} |`,
    `| a target without clusters | ${format(toDollars(multiply(target, monthHours)), 2)} |`,
  ].join('\n');
};

/** The rates of the busiest second of the largest load: 100,000 deploys a day beside 10,000 running sessions. */
const renderQuotas = (life: Consumption, cluster: Consumption): string => {
  const lives = (Math.max(...deploysPerDay) / daySeconds) * peak;
  const rates = add(multiply(life, lives), multiply(cluster, liveClusters / 3_600));
  const rows = [
    ...quotas.map(([item, name, perSecond, raise]) => ({ name, rate: rates[item], quota: perSecond, raise })),
    {
      name: 'Step Functions, StartExecution',
      rate: lives * 2,
      quota: executionsPerSecond,
      raise: 'Service Quotas: StartExecution',
    },
    {
      name: 'Lambda, concurrent functions',
      rate: rates.functionSeconds,
      quota: lambdaConcurrency,
      raise: 'Service Quotas: concurrent executions',
    },
  ].toSorted((one, other) => other.rate / other.quota - one.rate / one.quota);
  const [first] = rows;
  return [
    `${number(Math.max(...deploysPerDay))} deploys a day, ${peak} times the average in the busiest second, beside ${number(liveClusters)} running sessions.`,
    `The first quota that is reached is *${first?.name ?? ''}*.`,
    '',
    '| quota, the default of us-east-1 | in the busiest second | quota | share | to raise it |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ name, rate, quota, raise }) =>
        `| ${name} | ${format(rate, 0)} | ${number(quota)} | ${format((rate / quota) * 100)} % | ${raise} |`,
    ),
  ].join('\n');
};

const number = (value: number) => value.toLocaleString('en');
const format = (value: number, digits = 1) =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits === 2 ? 2 : 0 });
