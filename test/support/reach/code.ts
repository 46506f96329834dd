/** The sources of the project as the TypeScript compiler sees them: which declaration a name in the code stands for. */
import { relative, resolve } from 'node:path';

import type { Identifier, Node } from 'typescript/unstable/ast';
import {
  isBindingElement,
  isIdentifier,
  isObjectBindingPattern,
  isShorthandPropertyAssignment,
  isTypeNode,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import { API, type Project, type Symbol as Meaning, SymbolFlags, type Type } from 'typescript/unstable/sync';

import { root } from '#local/settings.ts';

/** A name in the code, with the declarations in the project that it stands for. */
export interface Reference {
  readonly at: Node;
  readonly declarations: readonly Node[];
}

export interface Code extends Disposable {
  /** A declaration at the top of a file. */
  find(file: string, name: string): Node;
  /** The files of a folder. */
  list(folder: string): readonly Node[];
  references(node: Node): readonly Reference[];
  /** The string literals of which the type of an expression consists. Undefined when it is no such type. */
  literals(node: Node): readonly string[] | undefined;
  /** The declarations of the property that a member of an object literal implements. */
  contextOf(member: Node): readonly Node[];
}

export const pathOf = (node: Node): string => relative(root, node.getSourceFile().fileName);

/** Every node in a node, itself included, without types. */
export function* nodesIn(node: Node): Generator<Node> {
  if (isTypeNode(node)) return;
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesIn(child);
}

export const openCode = (): Code => {
  const api = new API({ cwd: root });
  const project = api.updateSnapshot({ openProjects: [resolve(root, 'tsconfig.json')] }).getProjects()[0];
  if (project === undefined) throw new Error('the compiler has not opened tsconfig.json');
  return {
    find: (file, name) => findDeclaration(file, name, project),
    list: (folder) =>
      project.rootFiles
        .filter((file) => relative(root, file).startsWith(`${folder}/`))
        .map((file) => open(file, project)),
    references: (node) => [...namesIn(node, project), ...bindingsIn(node, project)],
    literals: (node) => toLiterals(project.checker.getTypeAtLocation(node)),
    contextOf: (member) => contextOf(member, project),
    [Symbol.dispose]: () => api.close(),
  };
};

const open = (file: string, { program }: Project): Node => {
  const source = program.getSourceFile(resolve(root, file));
  if (source === undefined) throw new Error(`the compiler does not know ${file}`);
  return source;
};

const findDeclaration = (file: string, name: string, project: Project): Node => {
  for (const node of nodesIn(open(file, project)))
    if (isVariableDeclaration(node) && isIdentifier(node.name) && node.name.text === name) return node;
  throw new Error(`${file} has no ${name}`);
};

/** Declarations in the project; those of packages are left out. */
const declarationsOf = (meaning: Meaning | undefined, project: Project): readonly Node[] => {
  if (meaning === undefined) return [];
  const target = (meaning.flags & SymbolFlags.Alias) === 0 ? meaning : project.checker.getAliasedSymbol(meaning);
  return target.declarations.filter(({ path }) => isInProject(path)).flatMap((handle) => handle.resolve(project) ?? []);
};

/** On a file system that ignores case, the compiler's paths are in lower case. */
const isInProject = (path: string): boolean =>
  path.toLowerCase().startsWith(`${root.toLowerCase()}/`) && !path.includes('/node_modules/');

const namesIn = (node: Node, project: Project): readonly Reference[] => {
  const names = [...nodesIn(node)].filter(isIdentifier);
  const meanings = names.length === 0 ? [] : project.checker.getSymbolAtLocation(names);
  return names.map((at, index) => {
    const meaning = isShorthandPropertyAssignment(at.parent)
      ? project.checker.getShorthandAssignmentValueSymbol(at.parent)
      : meanings[index];
    return { at, declarations: declarationsOf(meaning, project) };
  });
};

/** `{ kubernetes }` of a parameter takes a property, which the name itself does not stand for. */
const bindingsIn = (node: Node, project: Project): readonly Reference[] =>
  [...nodesIn(node)].filter(isObjectBindingPattern).flatMap((pattern) => {
    const type = project.checker.getTypeAtLocation(pattern);
    if (type === undefined) return [];
    return pattern.elements.filter(isBindingElement).flatMap((element) => {
      const name = element.propertyName ?? element.name;
      if (name === undefined || !isIdentifier(name) || element.dotDotDotToken !== undefined) return [];
      const property = project.checker.getPropertyOfType(type, name.text);
      return [{ at: name, declarations: declarationsOf(property, project) }];
    });
  });

const toLiterals = (type: Type | undefined): readonly string[] | undefined => {
  if (type === undefined) return undefined;
  const types = type.isUnionType() ? type.getTypes() : [type];
  const values = types.map((part) => (part.isStringLiteralType() ? part.value : undefined));
  return values.some((value) => value === undefined) ? undefined : values.flatMap((value) => value ?? []);
};

const contextOf = (member: Node, project: Project): readonly Node[] => {
  const name = (member as Node & { readonly name?: Identifier }).name;
  if (name === undefined || !isIdentifier(name)) return [];
  const type = project.checker.getContextualType(member.parent as never);
  const property = type === undefined ? undefined : project.checker.getPropertyOfType(type, name.text);
  return declarationsOf(property, project);
};
