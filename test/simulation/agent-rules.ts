/** The rules of the protocol that agents keep. The simulation's agent can break each one, to see that it matters. */
export interface AgentRules {
  /** Reading a block, comparing and appending it is one step. */
  readonly locksWhileCopying: boolean;
  /** What was copied counts only once the log that holds it is sealed. */
  readonly savesCursorAtSeal: boolean;
  /** A write marks its blocks as in doubt before it is made. */
  readonly marksInDoubt: boolean;
  /** No marker while a block is still to be copied. */
  readonly waitsForCopy: boolean;
  /** What is wanted is sent again. */
  readonly sendsWhatIsWanted: boolean;
  /** Its own copy is freed only strictly below the durable position. */
  readonly freesBelowDurable: boolean;
  /** A lost spool asks for a new epoch, rather than going on in the old one. */
  readonly rebasesAfterAmnesia: boolean;
  /** The service's time, as seen before the cut. */
  readonly reportsSeenTime: boolean;
}

export const allRules: AgentRules = {
  locksWhileCopying: true,
  savesCursorAtSeal: true,
  marksInDoubt: true,
  waitsForCopy: true,
  sendsWhatIsWanted: true,
  freesBelowDurable: true,
  rebasesAfterAmnesia: true,
  reportsSeenTime: true,
};
