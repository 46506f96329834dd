import type { Payloads } from '#shared/clusters/ports/objects.ts';

import { FakeObjects } from './objects.ts';

export class FakePayloads extends FakeObjects implements Payloads {
  readonly uploads = new Map<string, unknown>();

  async readUpload(dataref: string, target: string) {
    return dataref.startsWith(`s3://bucket/uploads/${target}/`) ? this.uploads.get(dataref) : undefined;
  }

  async removeUpload(dataref: string, target: string) {
    if (dataref.startsWith(`s3://bucket/uploads/${target}/`) && dataref.endsWith('.json')) this.uploads.delete(dataref);
  }
}
