import { refusals } from './service-bus-rows/refusals';
import { type Row } from './service-bus-rows/row';
import { sending } from './service-bus-rows/sending';
import { sessions } from './service-bus-rows/sessions';
import { settling } from './service-bus-rows/settling';
import { topics } from './service-bus-rows/topics';

/** What a Service Bus must do for its official client. */
export const rows: readonly Row[] = [...sending, ...settling, ...sessions, ...topics, ...refusals];
