import { revisionSpecsContract } from '#test/contracts/revision-specs.ts';
import { FakeRevisionSpecs } from '#test/fakes/revision-specs.ts';

const fake = new FakeRevisionSpecs();

revisionSpecsContract('The fake', () => fake);
