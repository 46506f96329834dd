import type { RevisionSpecs } from '#shared/clusters/ports/objects.ts';

import { FakeObjects } from './objects.ts';

export class FakeRevisionSpecs extends FakeObjects implements RevisionSpecs {}
