/** The YAML of an option's value: a list or a map, of which Flink converts each value to text. */
import {
  boolCoreTag,
  constructFromEvents,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  type Event,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  parseEvents,
  realMapTag,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';

/** The maximum for one value of a request, which is read several times within the time of a function. */
const maxNodes = 20_000;

/** A list or a map, or why the text is none. */
export type OptionYaml =
  | {
      readonly kind: 'collection';
      /** An array or a `Map`, in which each integer is a bigint. */
      readonly tree: unknown;
      /** The keys and values that are not text: as they are written, and what YAML reads. */
      readonly typed: readonly { readonly written: string; readonly value: bigint | number | boolean }[];
    }
  /** Parsers of YAML disagree about some texts without quotes, anchors and tags, and no option needs them. */
  | { readonly kind: 'ambiguous' }
  /** The reason ends with the line and the column. */
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'too-long'; readonly reason: string };

/** Reads a value of an option as YAML. */
export const readOptionYaml = (text: string): OptionYaml => {
  try {
    return readEvents(parseEvents(text, {}), text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const place = mark === undefined ? '' : ` at line ${mark.line + 1}, column ${mark.column + 1}`;
    return { kind: 'invalid', reason: `${reason}${place}` };
  }
};

const readEvents = (events: Event[], text: string): OptionYaml => {
  if (events.length > maxNodes)
    return {
      kind: 'too-long',
      reason: `has more than ${maxNodes} keys and values, about ${maxNodes / 2} entries; write fewer entries`,
    };
  const [, root] = events;
  if (root?.type !== EVENT_ID.SEQUENCE && root?.type !== EVENT_ID.MAPPING)
    return { kind: 'invalid', reason: 'it is neither a list nor a map' };
  if (events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length > 1)
    return { kind: 'invalid', reason: 'it has several documents' };
  const plain = events.flatMap((event) => (isPlain(event) ? [getScalarValue(text, event)] : []));
  if (events.some(hasProperties) || plain.some((written) => /^[:?]/.test(written))) return { kind: 'ambiguous' };
  const [tree] = constructFromEvents(events, { source: text, schema });
  return { kind: 'collection', tree, typed: plain.flatMap(toTyped) };
};

const isPlain = (event: Event): event is ScalarEvent =>
  event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;

/** Whether a node is an alias, or has an anchor or a tag. */
const hasProperties = (event: Event): boolean =>
  event.type === EVENT_ID.ALIAS || ('tagStart' in event && (event.anchorStart !== absent || event.tagStart !== absent));

/** The place of a part that a node does not have. */
const absent = -1;

/** An integer of any size keeps its digits. */
const intTag = defineScalarTag<bigint>(intCoreTag.tagName, {
  implicit: true,
  implicitFirstChars: intCoreTag.implicitFirstChars,
  resolve: (source) => (/^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/.test(source) ? BigInt(source) : NOT_RESOLVED),
  identify: () => false,
});

/** A number that is too large for a double is infinite, as in Java. */
const floatTag = defineScalarTag<number>(floatCoreTag.tagName, {
  implicit: true,
  implicitFirstChars: floatCoreTag.implicitFirstChars,
  resolve: (source, ...how) =>
    /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)e\+?\d+$/i.test(source) ? Number(source) : floatCoreTag.resolve(source, ...how),
  identify: () => false,
});

/** The maximum of YAML. Flink takes a longer text for no key. */
const maxKeyLength = 1_024;

const mapTag = defineMappingTag<Map<unknown, unknown>>(realMapTag.tagName, {
  ...realMapTag,
  addPair: (map, key, value) =>
    typeof key === 'string' && key.length > maxKeyLength
      ? `a key has at most ${maxKeyLength} characters`
      : realMapTag.addPair(map, key, value),
});

const schema = CORE_SCHEMA.withTags(intTag, floatTag, mapTag);

const toTyped = (written: string): { readonly written: string; readonly value: bigint | number | boolean }[] =>
  [intTag, floatTag, boolCoreTag]
    .map(({ resolve, tagName }) => resolve(written, false, tagName))
    .filter((value) => value !== NOT_RESOLVED)
    .slice(0, 1)
    .map((value) => ({ written, value }));
