import { describe, expect, it } from 'vitest';

import { alarmsOf } from '../../../infra/alarms.ts';
import { functionNames, toPascalCase } from '../../../infra/functions.ts';
import { queueResources } from '../../../infra/queues.ts';
import { workflowNames } from '../../../infra/state-machines/definitions.ts';
import { machineOf } from '../../../infra/state-machines/resources.ts';

const alarms = Object.entries(alarmsOf({}));
/** The resource that an alarm watches. */
const watched = alarms.map(([, { Properties }]) => {
  const value = Properties.Dimensions[0]?.Value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  return value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';
});

describe('the alarms', () => {
  it.each(alarms)('%s says what happened and what to do', (_name, { Properties }) => {
    expect(Properties.AlarmDescription.split('. ').length).toBeGreaterThan(1);
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });

  it('each watch a resource of the template', () => {
    const known = [
      ...Object.keys(queueResources),
      ...workflowNames.map(machineOf),
      ...functionNames.map((name) => `${toPascalCase(name)}LambdaFunction`),
    ];

    expect(watched.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('watch every state machine, and every queue that only a person reads', () => {
    const unread = ['CommandDeadLetterQueue', 'TimerEventDeadLetterQueue', 'UnpublishedEventQueue'];

    expect(watched).toEqual(expect.arrayContaining([...workflowNames.map(machineOf), ...unread]));
  });
});
