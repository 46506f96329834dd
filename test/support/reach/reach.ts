/**
 * What code reaches: the search follows every name in the code to its declaration, whatever the conditions on the way.
 * So it finds too much rather than too little.
 */
import type { Node } from 'typescript/unstable/ast';
import { isIdentifier } from 'typescript/unstable/ast/is';

import { type Code, pathOf, type Reference } from './code.ts';

export interface Reached {
  readonly node: Node;
  readonly references: readonly Reference[];
  /** The declarations that lead to this one, itself included. */
  readonly chain: readonly string[];
}

/** @param follow The declarations to continue with, for a name in a declaration that is reached. */
export function* reach(start: Node, follow: (reference: Reference) => readonly Node[], code: Code): Generator<Reached> {
  const visited = new Set<Node>([start]);
  const queue: { readonly node: Node; readonly chain: readonly string[] }[] = [{ node: start, chain: [nameOf(start)] }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { node, chain } = next;
    const references = code.references(node);
    yield { node, references, chain };
    for (const declaration of references.flatMap(follow)) {
      if (visited.has(declaration) || isWithin(declaration, node)) continue;
      visited.add(declaration);
      queue.push({ node: declaration, chain: [...chain, nameOf(declaration)] });
    }
  }
}

export const nameOf = (node: Node): string => {
  const name = (node as Node & { readonly name?: Node }).name;
  return name !== undefined && isIdentifier(name) ? name.text : pathOf(node);
};

const isWithin = (node: Node, outer: Node): boolean => {
  for (let current: Node | undefined = node; current !== undefined; current = current.parent)
    if (current === outer) return true;
  return false;
};
