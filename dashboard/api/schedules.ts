import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from './client/client.ts';
import { readPages } from './client/pages.ts';
import type { Schedule } from './types.ts';

const maxSchedules = 1_000;

export interface ScheduleRef {
  readonly target: string;
  readonly name: string;
}

/** The schedules of a target, by name. */
export const useSchedules = (target: string) =>
  useQuery({
    queryKey: ['targets', target, 'schedules'],
    queryFn: async ({ signal }) => {
      const { items } = await readPages(async (cursor) => {
        const params = { path: { target }, query: { cursor, limit: maxSchedules } };
        const page = await unwrap(api.GET('/v1/targets/{target}/schedules', { params, signal }));
        return { items: page.schedules, cursor: page.cursor };
      }, maxSchedules);
      return items;
    },
  });

const readSchedule = ({ target, name }: ScheduleRef, signal?: AbortSignal) => {
  const params = { path: { target, name } };
  return unwrap(api.GET('/v1/targets/{target}/schedules/{name}', { params, ...(signal && { signal }) }));
};

export const useSchedule = (ref: ScheduleRef) =>
  useQuery({
    queryKey: ['targets', ref.target, 'schedules', ref.name],
    queryFn: ({ signal }) => readSchedule(ref, signal),
  });

/** The API returns so many runs at once, because a run may have a thousand results. */
const pageSize = 10;

/** The newest runs of a schedule. */
export const useRuns = ({ target, name }: ScheduleRef, maxRuns: number) =>
  useQuery({
    queryKey: ['targets', target, 'schedules', name, 'runs', { maxRuns }],
    queryFn: ({ signal }) =>
      readPages(async (cursor) => {
        const params = { path: { target, name }, query: { cursor, limit: Math.min(maxRuns, pageSize) } };
        const page = await unwrap(api.GET('/v1/targets/{target}/schedules/{name}/runs', { params, signal }));
        return { items: page.runs, cursor: page.cursor };
      }, maxRuns),
  });

/** Stores the definition that a schedule has now with another `enabled`. @throws ApiError */
export const setScheduleEnabled = async ({ target, name }: ScheduleRef, enabled: boolean): Promise<Schedule> => {
  const { definition } = await readSchedule({ target, name });
  const params = { path: { target, name } };
  return unwrap(api.PUT('/v1/targets/{target}/schedules/{name}', { params, body: { ...definition, enabled } }));
};

export const deleteSchedule = ({ target, name }: ScheduleRef) =>
  unwrap(api.DELETE('/v1/targets/{target}/schedules/{name}', { params: { path: { target, name } } }));
