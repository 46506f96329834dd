import './environment.ts';
const { Simulation } = await import('./simulation.ts');
const { runSchedule, shortened, told } = await import('./schedule.ts');
const seed = Number(process.argv[2]);
const o = await shortened(await runSchedule({ seed }), undefined, 300);
console.log(told(o));
const call = Simulation.prototype.call;
Simulation.prototype.call = function traced(this: InstanceType<typeof Simulation>, p, c) {
  if (!/^(query|read|credentials)/.test(c.what)) console.log(this.seconds.toFixed(2), p.name, c.what);
  return call.call(this, p, c) as never;
};
await runSchedule({ seed, ...o.without });
process.exit();
