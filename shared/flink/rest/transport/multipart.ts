import { Fault } from '#events/problems/problem.ts';

export interface JarFile {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly bytes: number;
}

/**
 * A multipart form with one jar, as Flink's web page sends it.
 *
 * The body throws Fault `conflict` when the jar does not have the announced number of bytes.
 */
export const createMultipart = ({ name, body, bytes }: JarFile) => {
  const boundary = `drey-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="${toFileName(name)}"\r\n` +
      'Content-Type: application/x-java-archive\r\n\r\n',
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.byteLength + bytes + tail.byteLength,
    body: (async function* parts() {
      yield head;
      yield* assertLength(body, bytes, name);
      yield tail;
    })(),
  };
};

/** Flink accepts only files named `*.jar`. Characters that could end the header's string or the path become `_`. */
const toFileName = (name: string): string => {
  const safe = name.replaceAll(/[^\w.-]/g, '_');
  return safe.endsWith('.jar') ? safe : `${safe}.jar`;
};

/** The header with the length is sent before the body, so a body of another length would be a broken request. */
async function* assertLength(body: AsyncIterable<Uint8Array>, bytes: number, name: string) {
  let seenBytes = 0;
  for await (const chunk of body) {
    seenBytes += chunk.byteLength;
    if (seenBytes > bytes) break;
    yield chunk;
  }
  if (seenBytes !== bytes)
    throw new Fault('conflict', `${name} changed during its upload to Flink: it no longer has ${bytes} bytes. Retry.`);
}
