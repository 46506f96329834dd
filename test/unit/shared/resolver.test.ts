import { openResolver } from '#shared/resolver.ts';
import { resolverContract } from '#test/contracts/resolver.ts';
import { FakeResolver } from '#test/fakes/resolver.ts';

resolverContract('the fake', new FakeResolver());
resolverContract('the name service of the system', openResolver());
