import { describe, expect, it } from 'vitest';

import { setPolicy } from '#test/unit/shared/clusters/fixture.ts';

import { callSchedules, callSpecs, evening, every, office } from './fixture.ts';

describe('a stored spec', () => {
  it('is put, read, listed without its content, and removed', async () => {
    setPolicy({ plainSecrets: true });
    const body = { ...office, config: { 'some.secret': 'hidden' } };

    expect(await callSpecs('PUT', 'office', body)).toMatchObject({
      status: 200,
      body: { name: 'office', target: 'local' },
    });
    expect((await callSpecs('GET', 'office')).body).toMatchObject({ deploy: body });
    const list = await callSpecs('GET');
    expect(list.body).toMatchObject({ specs: [{ name: 'office' }] });
    expect(JSON.stringify(list.body)).not.toContain('hidden');
    expect((await callSpecs('DELETE', 'office')).status).toBe(200);
    expect((await callSpecs('GET', 'office')).status).toBe(404);
  });

  it('cannot be removed while a schedule deploys it', async () => {
    await callSpecs('PUT', 'office', office);
    const morning = { action: 'deploy', expression: every, spec: 'office' };
    await callSchedules('PUT', 'morning', { ...morning, enabled: false });
    await callSchedules('PUT', 'evening', evening);

    expect(await callSpecs('DELETE', 'office')).toMatchObject({
      status: 409,
      body: {
        code: 'wrong-state',
        detail: expect.stringContaining('by these schedules: morning. Change or delete them first.'),
      },
    });
    await callSchedules('DELETE', 'morning');
    expect((await callSpecs('DELETE', 'office')).status).toBe(200);
  });

  it.each([
    [{ mode: 'session', config: { 'kubernetes.jobmanager.cpu.amount': 'lots' } }, 422, 'refused-option'],
    [{ mode: 'application' }, 422, 'refused-option'],
    [{ mode: 'session', taskToken: 'x' }, 400, 'malformed-request'],
    [{ mode: 'session', lifetime: { until: '2026-11-22T00:00:00Z' } }, 400, 'malformed-request'],
  ])('is rejected for the same mistakes as a deploy: %j', async (body, status, code) => {
    expect(await callSpecs('PUT', 'office', body)).toMatchObject({ status, body: { code } });
    expect((await callSpecs('GET', 'office')).status).toBe(404);
  });

  it.each(['Office', 'a/b', '-x', 'x'.repeat(64)])('cannot be named %s', async (name) => {
    expect(await callSpecs('PUT', name, office)).toMatchObject({ status: 400 });
  });
});
