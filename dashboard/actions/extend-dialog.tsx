import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useState } from 'react';

import { Time } from '../components/time.tsx';
import { extendCluster } from '../model/commands/cluster-commands.ts';
import { type ClusterDialogProps, CommandDialog } from './command-dialog.tsx';
import { ChoiceField, TextField } from './fields.tsx';

type End = 'ttl' | 'until' | 'unchanged';

const duration = 'A number with the unit s, min, h or d, such as 90min or 8h.';

export const ExtendDialog = ({ cluster, onClose }: ClusterDialogProps) => {
  const [end, setEnd] = useState<End>('ttl');
  const [ttl, setTtl] = useState('8h');
  const [date, setDate] = useState('');
  const [time, setTime] = useState('18:00');
  const [idleAfter, setIdleAfter] = useState(cluster.lifetime?.idleAfter ?? '');
  const until = toTime(date, time);
  const isSession = cluster.mode === 'session';
  const idle = isSession && idleAfter !== cluster.lifetime?.idleAfter ? idleAfter.trim() : '';
  const command = extendCluster(cluster, {
    ttl: end === 'ttl' ? ttl : '',
    until: end === 'until' ? (until ?? '') : '',
    idleAfter: idle,
  });
  return (
    <CommandDialog
      title={`Extend ${cluster.clusterId}`}
      confirm="Extend"
      command={command}
      isInvalid={Object.keys(command.body).length === 0 || (end === 'until' && until === undefined)}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          Changes when the cluster is stopped. Its end now:{' '}
          {cluster.lifetime?.endsAt === undefined ? 'none.' : <Time value={cluster.lifetime.endsAt} />}
        </div>
        <ChoiceField<End>
          label="New end"
          value={end}
          items={[
            { value: 'ttl', label: 'A time from now' },
            { value: 'until', label: 'A date' },
            ...(isSession
              ? [
                  {
                    value: 'unchanged',
                    label: 'Unchanged',
                    disabled: idle === '',
                    ...(idle === '' ? { description: 'Only when the time without jobs changes.' } : {}),
                  } as const,
                ]
              : []),
          ]}
          onChange={setEnd}
        />
        {end === 'ttl' ? (
          <TextField label="Time from now" constraintText={duration} value={ttl} onChange={setTtl} />
        ) : null}
        {end === 'until' ? <DateFields date={date} time={time} onDate={setDate} onTime={setTime} /> : null}
        {isSession ? (
          <TextField
            label="Stop after this time without jobs"
            description="Default: unchanged."
            constraintText={duration}
            value={idleAfter}
            onChange={setIdleAfter}
          />
        ) : null}
      </SpaceBetween>
    </CommandDialog>
  );
};

interface DateFieldsProps {
  readonly date: string;
  readonly time: string;
  readonly onDate: (date: string) => void;
  readonly onTime: (time: string) => void;
}

const DateFields = ({ date, time, onDate, onTime }: DateFieldsProps) => (
  <SpaceBetween direction="horizontal" size="s">
    <FormField label="Date" constraintText="YYYY/MM/DD">
      <DatePicker
        value={date}
        placeholder="YYYY/MM/DD"
        openCalendarAriaLabel={() => 'Choose the date'}
        onChange={({ detail }) => onDate(detail.value)}
      />
    </FormField>
    <FormField label="Time" constraintText="hh:mm, in your zone">
      <TimeInput format="hh:mm" placeholder="hh:mm" value={time} onChange={({ detail }) => onTime(detail.value)} />
    </FormField>
  </SpaceBetween>
);

/** ISO 8601 of a date and a time in the zone of the reader. Undefined while they are incomplete. */
export const toTime = (date: string, time: string): string | undefined => {
  const ms = Date.parse(`${date}T${time}:00`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};
