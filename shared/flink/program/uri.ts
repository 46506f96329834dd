import { shorten } from '#events/problems/shorten.ts';

/** This file has what the URIs of jars, scripts and Python files have in common. */

/**
 * The URI for a message, without what may be a secret: the user with its password, the query, such as a signature, and
 * the fragment.
 */
export const describeUri = (uri: string): string =>
  shorten(
    uri.replace(/[?#].*/s, '?…').replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^/@:]*|[^@:]*:[^@]*)@/i, '$1…@'),
    maxUriLength,
  );

const maxUriLength = 300;

/** The scheme of a URI in lower case. Undefined for a path. */
export const schemeOf = (uri: string): string | undefined => /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();

/** The host of a web address as name servers take it: without the brackets of IPv6, and without the dot of the root. */
export const hostOf = ({ hostname }: URL): string => hostname.replaceAll(/^\[|\]$|\.$/g, '');

/** Why a text is no URI. Undefined when it is one. */
export const findCharacterError = (uri: string): string | undefined =>
  /[\s"<>\\^`{|}]/.test(uri)
    ? `${describeUri(uri)} contains characters that are not allowed in a URI; write %20 for a space`
    : undefined;

/** Whether a path to a file follows the host or the bucket. */
export const hasFile = (uri: string): boolean => /^[^:]+:\/\/[^/]*\/./.test(uri);

/** The schemes of Flink's file systems. Their plugins are part of the image. */
export const fileSystems: ReadonlySet<string> = new Set([
  's3',
  's3a',
  's3p',
  'hdfs',
  'viewfs',
  'gs',
  'oss',
  'abfs',
  'abfss',
  'wasb',
  'wasbs',
]);
