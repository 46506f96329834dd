import './environment.ts';
const { runSchedule, shortened, told } = await import('./schedule.ts');
const [from, count, without] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 20), process.argv[4]];
let bad = 0,
  faults = 0;
const began = Date.now();
const kinds = new Map<string, number>();
for (let seed = from; seed < from + count; seed += 1) {
  const o = await runSchedule({ seed, without: without as never });
  faults += o.faults.length;
  if (o.violations.length > 0) {
    bad += 1;
    for (const v of o.violations) {
      const k = v.replaceAll(/[0-9a-f]{32}/g, 'ID').replaceAll(/\d+(,\d+)*/g, 'N');
      kinds.set(k, (kinds.get(k) ?? 0) + 1);
    }
    if (bad <= Number(process.env['SHOW'] ?? 2)) console.log(told(await shortened(o, without as never, 200)));
  }
}
console.log([...kinds].map(([k, n]) => `${n} x ${k}`).join('\n'));
console.log({ count, bad, faults, ms: (Date.now() - began) / count });
process.exit();
