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
    if (token !== ';' || isOpenSet(current.words)) current = addToken(current, token, line);
    else {
      if (current.text !== '') statements.push(finishStatement(current));
      current = startStatement(line);
    }
    line += token.split('\n').length - 1;
  }
  if (isOpenSet(current.words))
    return { statements, error: { line: current.line, detail: 'the statement set that begins here has no END;' } };
  if (current.words.trim() !== '') statements.push(finishStatement(current));
  return { statements };
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

const startStatement = (line: number): Statement => ({ text: '', words: '', line });

const findTokenError = (token: string): string | undefined =>
  unclosed[findUnclosed(token) ?? ''] ?? ambiguousComments.find(([pattern]) => pattern.test(token))?.[1];

const findUnclosed = (token: string): string | undefined => {
  const opening = token.startsWith('/*') ? '/*' : token.slice(0, 1);
  if (unclosed[opening] === undefined) return undefined;
  const closing = opening === '/*' ? '*/' : opening;
  return token.length >= opening.length + closing.length && token.endsWith(closing) ? undefined : opening;
};

const addToken = ({ text, words, line }: Statement, token: string, tokenLine: number): Statement => {
  const isComment = token.startsWith('--') || token.startsWith('/*');
  const isLiteral = /^['"`]/.test(token);
  const word = isComment ? ' ' : isLiteral ? "''" : token.toUpperCase();
  if (text !== '') return { text: text + (isComment ? ' ' : token), words: words + word, line };
  const leading = /^\s*/.exec(isComment ? '' : token)?.[0] ?? '';
  return isComment || leading === token
    ? startStatement(tokenLine)
    : { text: token, words: word, line: tokenLine + leading.split('\n').length - 1 };
};

const finishStatement = ({ text, words, line }: Statement): Statement => ({
  text: text.trim(),
  words: words.trim().replaceAll(/\s+/g, ' '),
  line,
});

/** Whether the words belong to a statement set whose END has not come yet. */
const isOpenSet = (words: string): boolean => {
  const text = words.trim();
  return /\bSTATEMENT\s+SET\s+BEGIN\b|^BEGIN\s+STATEMENT\s+SET\b/.test(text) && !/;\s*END$/.test(text);
};
