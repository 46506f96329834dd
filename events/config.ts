import * as z from 'zod';

/** A part after the first may be a name of Kubernetes (`prometheus.io/scrape`) or a pattern of Flink (`*`). */
const optionName = /^[$A-Za-z_][$\w-]*(\.[$\w*/-]+)*$/;

/** Flink options by name, like `-Dkey=value`. */
export const Config = z
  .record(
    z.string().max(253).regex(optionName, 'An option name looks like kubernetes.jobmanager.cpu.amount.'),
    z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(z.string()),
  )
  .meta({ description: 'Flink options, like -Dkey=value.', example: { 'taskmanager.numberOfTaskSlots': '4' } });
