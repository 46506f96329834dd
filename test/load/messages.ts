import { randomUUID } from 'node:crypto';

import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

import type { LocalSystem } from '#local/system.ts';

/** A deploy of a load. */
export interface LoadCommand {
  readonly clusterId: string;
  readonly team: string;
  readonly id: string;
}

export interface Message {
  readonly group: string;
  readonly body: string;
}

export interface LoadMessages {
  readonly commands: readonly LoadCommand[];
  readonly messages: readonly Message[];
  /** How many of the messages are malformed. */
  readonly malformed: number;
}

const quietTeams = ['quiet-a', 'quiet-b', 'quiet-c', 'quiet-d'];
const noisyShare = 0.6;
const duplicateShare = 0.3;
const malformedShare = 0.05;
const maxBatch = 10;

/** The messages of so many deploys. Those of the noisy team come first. */
export const makeMessages = (count: number, prefix: string, system: LocalSystem): LoadMessages => {
  const commands = Array.from({ length: count }, (_, index): LoadCommand => ({
    clusterId: `${prefix}-${index}`,
    team: index < count * noisyShare ? 'noisy' : (quietTeams[index % quietTeams.length] ?? ''),
    id: randomUUID(),
  }));
  const duplicates = commands.filter((_, index) => index % 10 < duplicateShare * 10);
  const malformed = Array.from({ length: Math.round(count * malformedShare) }, (_, index) =>
    makeMalformed(index, system),
  );
  const messages = mixAfter(
    commands.map((command) => makeDeploy(command, system)),
    [...duplicates.map((command) => makeDeploy(command, system)), ...malformed],
  );
  return { commands, messages, malformed: malformed.length };
};

export const makeStop = (clusterId: string, system: LocalSystem): Message => ({
  group: subjectIn(system, clusterId),
  body: JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    type: 'drey.command.stop.v1',
    source: 'load',
    subject: subjectIn(system, clusterId),
    data: {},
  }),
});

export const sendAll = async (all: readonly Message[], client: SQSClient, queueUrl: string): Promise<void> => {
  for (let from = 0; from < all.length; from += maxBatch) {
    const Entries = all.slice(from, from + maxBatch).map(({ group, body }, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: randomUUID(),
    }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
};

const subjectIn = (system: LocalSystem, clusterId: string) => `targets/${system.target}/clusters/${clusterId}`;

const makeDeploy = ({ clusterId, team, id }: LoadCommand, system: LocalSystem): Message => ({
  group: subjectIn(system, clusterId),
  body: JSON.stringify({
    specversion: '1.0',
    id,
    type: 'drey.command.deploy.v1',
    source: 'load',
    subject: subjectIn(system, clusterId),
    data: { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' }, labels: { team } },
  }),
});

const makeMalformed = (index: number, system: LocalSystem): Message => {
  const { group, body } = makeDeploy({ clusterId: `bad-${index}`, team: '', id: randomUUID() }, system);
  const message = JSON.parse(body);
  const bodies = [
    '{ no JSON',
    { ...message, type: 'drey.command.fly.v1' },
    { ...message, data: { mode: 'application' } },
    { ...message, data: { ...message.data, config: { 'taskmanager.numberOfTaskSlots': 'many' } } },
    { ...message, subject: 'somewhere' },
  ];
  const chosen = bodies[index % bodies.length];
  return { group, body: typeof chosen === 'string' ? chosen : JSON.stringify(chosen) };
};

/** Mixes the others among the first ones, each after the one that it repeats. */
const mixAfter = <T>(first: readonly T[], others: readonly T[]): readonly T[] => {
  const step = first.length / Math.max(1, others.length);
  return first.flatMap((one, index) => [one, ...others.filter((_, other) => Math.floor(other * step) === index)]);
};
