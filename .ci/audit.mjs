#!/usr/bin/env node
// Asks the registry for known vulnerabilities of the packages that are shipped. Fails for severity high and critical.
// A registry without audits answers with an error. That is reported, and fails nothing.
import { spawnSync } from 'node:child_process';

const { stdout = '' } = spawnSync('npm', ['audit', '--json', '--omit=dev', '--package-lock-only'], { encoding: 'utf8', timeout: 60_000 });
let report = {};
try {
  report = JSON.parse(stdout);
} catch {
  // No report, as below.
}
const counts = report.metadata?.vulnerabilities;
if (counts === undefined) {
  console.log(`Vulnerabilities were not checked: the registry offers no audit (${report.message ?? 'no answer'}).`);
} else {
  const severe = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) => /^(high|critical)$/.test(severity));
  console.log(`Known vulnerabilities of packages that are shipped: ${counts.total}, ${severe.length} of them high or critical.`);
  for (const { name, severity, range } of severe) console.log(`  ${severity}: ${name} ${range}`);
  if (severe.length > 0) process.exitCode = 1;
}
