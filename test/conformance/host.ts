import { durableRows } from './host-rows/durable-rows';
import { eventGridRows } from './host-rows/event-grid-rows';
import { httpRows } from './host-rows/http-rows';
import { type HostRow } from './host-rows/row';
import { serviceBusRows } from './host-rows/service-bus-rows';
import { timerRows } from './host-rows/timer-rows';

/** What a Functions host must do for the official libraries: every trigger and every durable feature. */
export const rows: readonly HostRow[] = [
  ...httpRows,
  ...timerRows,
  ...eventGridRows,
  ...serviceBusRows,
  ...durableRows,
];
