import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listRights } from '#shared/clusters/model/target-check/rights.ts';
import { roles } from '#shared/clusters/model/target-check/roles.ts';
import type { Inspection } from '#shared/clusters/ports/inspection.ts';

/** A namespace with the manifests of `infra/kubernetes`, and Drey in it. */
export interface World {
  readonly inspection: Inspection;
  /** The same port for a caller without any Role. */
  readonly stranger: Inspection;
  dispose(): Promise<void>;
}

/** The behaviour of every implementation of the port. */
export const inspectionContract = (name: string, open: () => Promise<World>) =>
  describe(`${name} as Inspection`, () => {
    let world: World;
    let inspection: Inspection;
    let stranger: Inspection;
    beforeAll(async () => {
      world = await open();
      ({ inspection, stranger } = world);
    });
    afterAll(() => world.dispose());

    const secret = { verb: 'list', group: '', resource: 'secrets' };

    it('names the session and the user of Drey', async () => {
      expect(await inspection.getCallerArn()).toMatch(/^arn:/);
      expect(await inspection.getUser()).toMatchObject({
        username: expect.stringMatching(/./) as string,
        groups: expect.arrayContaining(['drey', 'system:authenticated']) as string[],
      });
    });

    it('says in the order of the questions what Drey may do', async () => {
      const rights = listRights(roles['drey-deployer']);

      const answers = await inspection.reviewRights([...rights, secret, { ...secret, everywhere: true }]);

      expect(answers).toEqual([...rights.map(() => true), false, false]);
    });

    it('says what a service account may do', async () => {
      const rights = listRights(roles.flink);

      expect(await inspection.reviewRights([...rights, secret], 'flink')).toEqual([...rights.map(() => true), false]);
      expect(await inspection.reviewRights(rights, 'none')).toEqual(rights.map(() => false));
    });

    it('lists the rules of Drey', async () => {
      const rights = listRights(await inspection.listOwnRules());

      expect(rights).toEqual(expect.arrayContaining([...listRights(roles['drey-deployer'])]));
      expect(rights).not.toContainEqual(secret);
    });

    it('knows which service accounts exist', async () => {
      expect(await inspection.hasServiceAccount('flink')).toBe(true);
      expect(await inspection.hasServiceAccount('none')).toBe(false);
    });

    it('reads what protects the namespace', async () => {
      expect(await inspection.readNamespace()).toMatchObject({
        labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
        networkPolicies: expect.arrayContaining([
          expect.objectContaining({ name: 'drey-ingress', podSelector: {}, policyTypes: ['Ingress'], egress: [] }),
          expect.objectContaining({ name: 'drey-egress', podSelector: {}, policyTypes: ['Egress'], ingress: [] }),
        ]) as unknown,
        quotas: expect.arrayContaining(['requests.cpu', 'requests.memory']) as string[],
        hasDefaultResources: true,
      });
    });

    it('does not know what the caller may not read', async () => {
      expect(await stranger.reviewRights([secret])).toEqual([false]);
      expect(await stranger.reviewRights([secret], 'flink')).toBeUndefined();
      expect(await stranger.hasServiceAccount('flink')).toBeUndefined();
      expect(await stranger.readNamespace()).toEqual({
        labels: undefined,
        networkPolicies: undefined,
        quotas: undefined,
        hasDefaultResources: undefined,
      });
    });
  });
