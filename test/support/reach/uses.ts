/** The calls of ports that a function reaches. */
import type { Node } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isPropertyAccessExpression,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';

import { type Code, pathOf, type Reference } from './code.ts';
import { nameOf, reach } from './reach.ts';

/** A call of a port's method, such as `workflows.start`. */
export interface Use {
  readonly port: string;
  readonly method: string;
  /** The strings that the first argument may be. Undefined when it may be any. */
  readonly argument: readonly string[] | undefined;
  /** The declarations that lead to the call, from the handler on. */
  readonly chain: readonly string[];
}

const portsFolder = 'shared/clusters/ports/';
const followedFolders = /^(functions|shared\/(clusters|flink))\//;

export const listUses = (start: Node, code: Code): readonly Use[] => {
  const follow = ({ declarations }: Reference) => declarations.filter(isFollowed);
  return [...reach(start, follow, code)].flatMap(({ references, chain }) =>
    references.flatMap((reference) => {
      const declaration = reference.declarations.find(isPortMember);
      return declaration === undefined
        ? []
        : [{ ...nameMember(declaration), argument: argumentOf(reference.at, code), chain }];
    }),
  );
};

const isFollowed = (declaration: Node): boolean =>
  (isVariableDeclaration(declaration) || isFunctionDeclaration(declaration)) &&
  followedFolders.test(pathOf(declaration)) &&
  !pathOf(declaration).startsWith(portsFolder);

export const isPortMember = (declaration: Node): boolean =>
  pathOf(declaration).startsWith(portsFolder) &&
  declaration.parent !== undefined &&
  isInterfaceDeclaration(declaration.parent);

/** `Workflows.start` of the interface is `workflows.start` of the ports. */
export const nameMember = (declaration: Node): { readonly port: string; readonly method: string } => {
  const type = nameOf(declaration.parent);
  return { port: `${type.charAt(0).toLowerCase()}${type.slice(1)}`, method: nameOf(declaration) };
};

const argumentOf = (at: Node, code: Code): readonly string[] | undefined => {
  const callee = isPropertyAccessExpression(at.parent) && at.parent.name === at ? at.parent : at;
  const call = callee.parent;
  if (!isCallExpression(call) || call.expression !== callee) return undefined;
  const [first] = call.arguments;
  return first === undefined ? undefined : code.literals(first);
};
