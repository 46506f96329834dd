import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from './client.ts';
import { readPages } from './pages.ts';
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

export const useSchedule = ({ target, name }: ScheduleRef) =>
  useQuery({
    queryKey: ['targets', target, 'schedules', name],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/targets/{target}/schedules/{name}', { params: { path: { target, name } }, signal })),
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

/** Stores the definition of a schedule with another `enabled`. */
export const setScheduleEnabled = ({ target, name, definition }: Schedule, enabled: boolean) =>
  unwrap(
    api.PUT('/v1/targets/{target}/schedules/{name}', {
      params: { path: { target, name } },
      body: { ...definition, enabled },
    }),
  );

export const deleteSchedule = ({ target, name }: ScheduleRef) =>
  unwrap(api.DELETE('/v1/targets/{target}/schedules/{name}', { params: { path: { target, name } } }));
