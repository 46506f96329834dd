import { Readable } from 'node:stream';

/**
 * The parts of a body as a stream, which asks for a part only when its reader does. Destroying it destroys the body at
 * once, also when nothing was read or when a part is waited for; `Readable.from` would do neither.
 */
export const streamParts = (body: Readable, parts: AsyncIterator<Uint8Array>): Readable =>
  new Readable({
    highWaterMark: 0,
    read() {
      parts.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      body.destroy();
      callback(error);
    },
  });
