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

/** `accept` takes the use case of a command from this table, by the member `kind` of its first argument. */
const dispatch = { file: 'shared/clusters/commands/accept.ts', call: 'accept', table: 'useCases' };

/** @param kinds The commands that the code accepts where its types do not say which. */
export const listUses = (start: Node, kinds: readonly string[], code: Code): readonly Use[] => {
  const follow = (reference: Reference) => [
    ...reference.declarations.filter(isFollowed),
    ...useCasesOf(reference, kinds, code),
  ];
  return [...reach(start, follow, code)].flatMap(({ references, chain }) =>
    references.flatMap((reference) => {
      const declaration = reference.declarations.find(isPortMember);
      return declaration === undefined
        ? []
        : [{ ...nameMember(declaration), argument: argumentOf(reference.at, code), chain }];
    }),
  );
};

const isDispatch = (declaration: Node, name: string): boolean =>
  pathOf(declaration) === dispatch.file && nameOf(declaration) === name;

const isFollowed = (declaration: Node): boolean =>
  (isVariableDeclaration(declaration) || isFunctionDeclaration(declaration)) &&
  followedFolders.test(pathOf(declaration)) &&
  !pathOf(declaration).startsWith(portsFolder) &&
  !isDispatch(declaration, dispatch.table);

/** The use cases of a call of `accept`. */
const useCasesOf = ({ at, declarations }: Reference, kinds: readonly string[], code: Code): readonly Node[] => {
  if (!declarations.some((declaration) => isDispatch(declaration, dispatch.call))) return [];
  const [command] = isCallExpression(at.parent) && at.parent.expression === at ? at.parent.arguments : [];
  if (command === undefined) return [];
  const table = code.find(dispatch.file, dispatch.table);
  return (code.literals(command, 'kind') ?? kinds).map((kind) => code.member(table, kind));
};

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
