/** The actions of IAM that the adapters of the ports need, from the requests to AWS that they make. */
import type { Node } from 'typescript/unstable/ast';
import {
  isFunctionDeclaration,
  isMethodDeclaration,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';

import { type Code, nodesIn, pathOf, type Reference } from './code.ts';
import { reach } from './reach.ts';
import { isPortMember, nameMember } from './uses.ts';

const folder = 'shared/aws';

/** The requests that need other actions than that of their name. */
const otherActions: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:TransactWriteItems': [
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
    const sent = [...reach(node, follow, code)].flatMap((reached) => listActions(reached.node));
    found.set(`${port}.${method}`, new Set(sent));
  }
  return found;
};

const isMember = (node: Node): boolean =>
  isMethodDeclaration(node) || isPropertyAssignment(node) || isShorthandPropertyAssignment(node);

/** The code that sends requests knows all of them. */
const isInFolder = (node: Node): boolean =>
  pathOf(node).startsWith(`${folder}/`) && !/^shared\/aws\/(services|transport)\//.test(pathOf(node));

/** The first argument of a request is a literal. */
const isAction = (text: string): boolean => /^(dynamodb|events|s3|scheduler|sqs|states):[A-Z]\w+$/.test(text);

const listActions = (node: Node): readonly string[] =>
  [...nodesIn(node)]
    .filter((inner) => isStringLiteral(inner))
    .map(({ text }) => text)
    .filter(isAction)
    .flatMap((action) => otherActions[action] ?? [action]);
