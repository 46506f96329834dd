import { describe, expect, it } from 'vitest';

import { planJob } from '#shared/clusters/queries/job-plan.ts';
import { origins } from '#test/fakes/origins.ts';
import { clusterRef, getFlink, jar, setPolicy, submitJob, world } from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('the plan of a program, of a session from %s', (_origin, send) => {
  it('is computed by the session, and leaves no jar', async () => {
    await submitJob(send);

    const plan = await planJob(clusterRef, { jar, args: ['--day', '1'] }, world.ports);

    expect(plan).toEqual({ name: 'a job', nodes: [] });
    expect(getFlink().jars.size).toBe(0);
    expect(getFlink().jobs.size).toBe(1);
  });

  it('is returned when its jar cannot be removed', async () => {
    await submitJob(send);
    const answer = getFlink().answer.bind(getFlink());
    getFlink().answer = async (request) =>
      request.method === 'DELETE' ? { status: 500, body: { errors: ['busy'] } } : answer(request);

    await expect(planJob(clusterRef, { jar, args: [] }, world.ports)).resolves.toMatchObject({ nodes: [] });
  });

  it('is refused for what the target denies in a submit, before main() runs', async () => {
    await submitJob(send);
    setPolicy({ denied: ['job.args'] });

    await expect(planJob(clusterRef, { jar, args: ['--day', '1'] }, world.ports)).rejects.toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: '/args', detail: expect.stringContaining('Policy of target local, denied: ') }],
    });
    expect(getFlink().jars.size).toBe(0);
    await expect(planJob(clusterRef, { jar, args: [] }, world.ports)).resolves.toMatchObject({ nodes: [] });
  });

  it('is rejected with the exception of the program, and leaves no jar', async () => {
    await submitJob(send);
    getFlink().program = () => ({
      thrown: [
        'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error.',
        'Caused by: java.lang.IllegalStateException: no input',
      ].join('\n\tat a.b.C(C.java:1)\n'),
    });

    await expect(planJob(clusterRef, { jar, args: [] }, world.ports)).rejects.toMatchObject({
      code: 'program-failed',
    });
    expect(getFlink().jars.size).toBe(0);
  });
});
