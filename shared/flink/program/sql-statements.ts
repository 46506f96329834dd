/** A statement of a script. */
export interface Statement {
  /** Without comments and the semicolon. */
  readonly text: string;
  /** The words of the statement in upper case, without comments and with empty literals. */
  readonly words: string;
  /** The line on which it begins, from 1. */
  readonly line: number;
}

export interface ScriptError {
  readonly line: number;
  readonly detail: string;
}

/** A statement that has not ended. */
interface Draft extends Statement {
  /** Whether it is a statement set, which has semicolons. */
  readonly isSet: boolean;
  /** Its words since the last semicolon. They are kept so that the end of a set is found without all of its words. */
  readonly segment: string;
}

interface Script {
  readonly statements: readonly Statement[];
  /** What is not closed until the end of the script. */
  readonly error?: ScriptError;
}

/** A text literal or a quoted name, a comment, a semicolon, or other characters. A doubled quote is two literals. */
const tokenPattern = /'[^']*'?|"[^"]*"?|`[^`]*`?|\/\/|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|;|[^'"`;/-]+|[/-]/g;

const unclosed: Readonly<Record<string, string>> = {
  "'": "the text that begins here with ' has no closing '",
  '"': 'the text that begins here with " has no closing "',
  '`': 'the name that begins here with ` has no closing `',
  '/*': 'the comment that begins here with /* has no closing */',
};

/**
 * Comments that Flink's parser ends at another place than Flink's division of a script, so that they could hide a
 * statement.
 */
const ambiguousComments: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [/^\/\//, 'a comment begins with --, not with //'],
  [/^\/\*\*\*\/$/, 'write the comment /***/ as /* */'],
  [/^--[^]*\r[^]/, 'the comment that begins here has a carriage return; end its line with a line feed'],
];

/**
 * Divides a script into its statements. A statement set is one statement.
 *
 * @see Flink 2.2 `ScriptExecutor.ResultIterator`, which divides a script by the same rules
 */
export const splitStatements = (script: string): Script => {
  const statements: Statement[] = [];
  let current = startStatement(1);
  let line = 1;
  for (const [token] of script.matchAll(tokenPattern)) {
    const detail = findTokenError(token);
    if (detail !== undefined) return { statements, error: { line, detail } };
    if (token !== ';') current = addToken(current, token, line);
    else if (isOpenSet(current)) current = { ...addToken(current, token, line), isSet: true, segment: '' };
    else {
      if (current.text !== '') statements.push(finishStatement(current));
      current = startStatement(line);
    }
    line += token.split('\n').length - 1;
  }
  if (isOpenSet(current))
    return { statements, error: { line: current.line, detail: 'the statement set that begins here has no END;' } };
  if (current.words.trim() !== '') statements.push(finishStatement(current));
  return { statements };
};

/** A text literal of a statement, and the words between it and the literal before it. */
export interface Literal {
  readonly text: string;
  readonly words: string;
}

/** The text literals of a statement in their order. A doubled quote is a part of its literal. */
export const listLiterals = ({ text }: Pick<Statement, 'text'>): readonly Literal[] => {
  const literals: Literal[] = [];
  let words: string | undefined = '';
  for (const [token] of text.matchAll(tokenPattern)) {
    const last = literals.at(-1);
    if (!token.startsWith("'")) words = (words ?? '') + (/^["`]/.test(token) ? '``' : token.toUpperCase());
    else if (words === undefined && last !== undefined)
      literals.splice(-1, 1, { ...last, text: `${last.text}'${token.slice(1, -1)}` });
    else literals.push({ text: token.slice(1, -1), words: words ?? '' });
    if (token.startsWith("'")) words = undefined;
  }
  return literals;
};

/** The hints of a script, such as `/*+ OPTIONS('a' = 'b') *\/`, which have the form of comments. */
export const listHints = (script: string): readonly Pick<Statement, 'text' | 'line'>[] => {
  const hints: Pick<Statement, 'text' | 'line'>[] = [];
  let line = 1;
  for (const [token] of script.matchAll(tokenPattern)) {
    if (token.startsWith('/*+')) hints.push({ text: token.slice(3, -2), line });
    line += token.split('\n').length - 1;
  }
  return hints;
};

const startStatement = (line: number): Draft => ({ text: '', words: '', line, isSet: false, segment: '' });

const findTokenError = (token: string): string | undefined =>
  unclosed[findUnclosed(token) ?? ''] ?? ambiguousComments.find(([pattern]) => pattern.test(token))?.[1];

const findUnclosed = (token: string): string | undefined => {
  const opening = token.startsWith('/*') ? '/*' : token.slice(0, 1);
  if (unclosed[opening] === undefined) return undefined;
  const closing = opening === '/*' ? '*/' : opening;
  return token.length >= opening.length + closing.length && token.endsWith(closing) ? undefined : opening;
};

const addToken = (draft: Draft, token: string, tokenLine: number): Draft => {
  const { text, words, line, segment } = draft;
  const isComment = token.startsWith('--') || token.startsWith('/*');
  const isLiteral = /^['"`]/.test(token);
  const word = isComment ? ' ' : isLiteral ? "''" : token.toUpperCase();
  if (text !== '')
    return { ...draft, text: text + (isComment ? ' ' : token), words: words + word, line, segment: segment + word };
  const leading = /^\s*/.exec(isComment ? '' : token)?.[0] ?? '';
  return isComment || leading === token
    ? startStatement(tokenLine)
    : { ...draft, text: token, words: word, line: tokenLine + leading.split('\n').length - 1, segment: word };
};

const finishStatement = ({ text, words, line }: Statement): Statement => ({
  text: text.trim(),
  words: words.trim().replaceAll(/\s+/g, ' '),
  line,
});

/** Whether the statement is a set whose END has not come yet. The words before its first semicolon say whether it is a set. */
const isOpenSet = ({ words, isSet, segment }: Draft): boolean =>
  isSet ? segment.trim() !== 'END' : /\bSTATEMENT\s+SET\s+BEGIN\b|^\s*BEGIN\s+STATEMENT\s+SET\b/.test(words);
