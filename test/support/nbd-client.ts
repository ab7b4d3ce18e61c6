export { NbdClient, NbdRefusal, optionHeader, requestHeader } from '../../bench/support/nbd-client';
