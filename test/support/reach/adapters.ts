/** The actions of IAM that the adapters of the ports need, from the commands of the AWS SDK that they send. */
import type { Node } from 'typescript/unstable/ast';
import {
  isFunctionDeclaration,
  isMethodDeclaration,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';

import { type Code, nodesIn, pathOf, type Reference } from './code.ts';
import { reach } from './reach.ts';
import { isPortMember, nameMember } from './uses.ts';

const folder = 'shared/aws';

const services: Readonly<Record<string, string>> = {
  'client-dynamodb': 'dynamodb',
  'client-eventbridge': 'events',
  'client-s3': 's3',
  'client-scheduler': 'scheduler',
  'client-sfn': 'states',
  'client-sqs': 'sqs',
  'lib-dynamodb': 'dynamodb',
};

/** The commands whose actions have other names. */
const actions: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:Get': ['dynamodb:GetItem'],
  'dynamodb:Put': ['dynamodb:PutItem'],
  'dynamodb:Update': ['dynamodb:UpdateItem'],
  'dynamodb:Delete': ['dynamodb:DeleteItem'],
  'dynamodb:TransactWrite': [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  's3:HeadObject': ['s3:GetObject'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:ListObjectsV2': ['s3:ListBucket'],
};

/** The actions by method, such as `payloads.put`. */
export const listAdapterActions = (code: Code): ReadonlyMap<string, ReadonlySet<string>> => {
  const members = code.list(folder).flatMap((file) => [...nodesIn(file)].filter(isMember));
  const implementations = members.flatMap((node) => code.contextOf(node).map((declaration) => ({ node, declaration })));
  /** The code of an adapter that a name stands for. A type of the folder stands for what implements it. */
  const follow = ({ declarations }: Reference): readonly Node[] =>
    declarations.flatMap((declaration) =>
      (isVariableDeclaration(declaration) || isFunctionDeclaration(declaration)) && isInFolder(declaration)
        ? [declaration]
        : implementations.filter((known) => known.declaration === declaration).map(({ node }) => node),
    );
  const found = new Map<string, ReadonlySet<string>>();
  for (const { node, declaration } of implementations) {
    if (!isPortMember(declaration)) continue;
    const { port, method } = nameMember(declaration);
    const sent = [...reach(node, follow, code)].flatMap((reached) => code.instances(reached.node).flatMap(toActions));
    found.set(`${port}.${method}`, new Set(sent));
  }
  return found;
};

const isMember = (node: Node): boolean =>
  isMethodDeclaration(node) || isPropertyAssignment(node) || isShorthandPropertyAssignment(node);

const isInFolder = (node: Node): boolean => pathOf(node).startsWith(`${folder}/`);

const toActions = ({ name, path }: { readonly name: string; readonly path: string }): readonly string[] => {
  const library = /\/@aws-sdk\/([^/]+)\//.exec(path)?.[1];
  if (library === undefined || !name.endsWith('Command')) return [];
  const service = services[library];
  if (service === undefined) throw new Error(`add the service of @aws-sdk/${library} to the table of services`);
  const action = `${service}:${name.slice(0, -'Command'.length)}`;
  return actions[action] ?? [action];
};
