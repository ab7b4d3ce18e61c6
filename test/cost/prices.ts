/**
 * Public list prices in US dollars for a million of each: West Europe, pay as you go. Storage is hot and locally redundant; the
 * catalogue is serverless, where a read takes 1 request unit, a write 6 and a page of a query 3; functions run on Flex Consumption.
 */
export const dollarsPerMillion = {
  'catalogue reads': 0.25,
  'catalogue writes': 0.25 * 6,
  'catalogue queries': 0.25 * 3,
  'blob writes': 5.4,
  'blob reads': 0.43,
  messages: 0.8,
  executions: 0.4,
} as const;

export type Operation = keyof typeof dollarsPerMillion;
export const operations = Object.keys(dollarsPerMillion) as Operation[];

/** Long polls keep an instance awake: it is paid by the second, whoever and however many it serves. */
export const awakeInstance = { memoryGigabytes: 2, dollarsPerGigabyteSecond: 0.000026 } as const;

export const hoursPerMonth = 730;

export function dollarsPerMonth(inAnHour: Readonly<Record<Operation, number>>): number {
  const each = operations.map((name) => (inAnHour[name] * hoursPerMonth * dollarsPerMillion[name]) / 1e6);
  return each.reduce((sum, part) => sum + part, 0);
}

export function awakeDollarsPerMonth(): number {
  const { memoryGigabytes, dollarsPerGigabyteSecond } = awakeInstance;
  return memoryGigabytes * dollarsPerGigabyteSecond * hoursPerMonth * 3600;
}
