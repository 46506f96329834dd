/** A request with the time from its start to its end, in milliseconds after the start of the picture. */
export interface Bar {
  readonly label: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
}

const colours: Readonly<Record<string, string>> = {
  DynamoDB: '#4269d0',
  Kubernetes: '#3ca951',
  'Step Functions': '#ff725c',
  SQS: '#efb118',
};
const otherColour = '#9498a0';
const rowHeight = 18;
const labelWidth = 300;
const chartWidth = 560;
const top = 54;
const gridMs = 10;

/** A picture of requests as SVG: one row each, by their starts. It has a background, so that dark pages show it, too. */
export const renderWaterfall = (title: string, bars: readonly Bar[]): string => {
  const ordered = bars.toSorted((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
  const endMs = Math.max(gridMs, ...bars.map((bar) => bar.endMs));
  const toX = (ms: number) => round(labelWidth + (ms / endMs) * chartWidth);
  const height = top + ordered.length * rowHeight + 10;
  const width = labelWidth + chartWidth + 60;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `  <rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `  <text x="10" y="20" font-size="14" font-weight="bold">${escapeXml(title)}</text>`,
    ...renderLegend(ordered),
    ...renderGrid(endMs, toX, height),
    ...ordered.map((bar, index) => renderRow(bar, top + index * rowHeight, toX)),
    '</svg>',
    '',
  ].join('\n');
};

const renderLegend = (bars: readonly Bar[]): readonly string[] =>
  [...new Set(bars.map(({ service }) => service))].map((service, index) => {
    const x = 10 + index * 130;
    const box = `<rect x="${x}" y="28" width="10" height="10" fill="${colourOf(service)}"/>`;
    return `  ${box}<text x="${x + 14}" y="37">${escapeXml(service)}</text>`;
  });

const renderGrid = (endMs: number, toX: (ms: number) => number, height: number): readonly string[] =>
  Array.from({ length: Math.floor(endMs / gridMs) + 1 }, (_, index) => {
    const x = toX(index * gridMs);
    const line = `<line x1="${x}" y1="${top - 4}" x2="${x}" y2="${height - 8}" stroke="#dddddd"/>`;
    const isLabelled = index % Math.max(1, Math.ceil(endMs / gridMs / 12)) === 0;
    return `  ${line}${isLabelled ? `<text x="${x}" y="${top - 6}" text-anchor="middle" fill="#777777">${index * gridMs} ms</text>` : ''}`;
  });

const renderRow = ({ label, service, startMs, endMs }: Bar, y: number, toX: (ms: number) => number): string => {
  const [x, end] = [toX(startMs), toX(endMs)];
  const box = `<rect x="${x}" y="${y + 3}" width="${round(Math.max(2, end - x))}" height="12" fill="${colourOf(service)}"/>`;
  const name = `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${escapeXml(shorten(label))}</text>`;
  return `  ${name}${box}<text x="${round(end + 4)}" y="${y + 13}" fill="#555555">${round(endMs - startMs)}</text>`;
};

const maxLabel = 48;
const shorten = (label: string) => (label.length > maxLabel ? `${label.slice(0, maxLabel - 1)}…` : label);

const colourOf = (service: string) => colours[service] ?? otherColour;

const round = (value: number) => Math.round(value * 10) / 10;

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
