import { freePorts } from '../../local/cloud';

/** A port that nobody listens on now, and that is given to no outgoing connection before it is listened on. */
export async function freePort(): Promise<number> {
  return (await freePorts()).host;
}
