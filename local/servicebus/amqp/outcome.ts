import { type PropertyChanges } from '../queues/settlement';

export type Outcome =
  | { readonly kind: 'complete' | 'release' }
  | { readonly kind: 'abandon' | 'defer' | 'dead-letter'; readonly changes: PropertyChanges };

/** What a client's delivery state asks for. */
export function outcomeOf(name: string, state: Readonly<Record<string, unknown>> | undefined): Outcome {
  if (name === 'accepted') return { kind: 'complete' };
  if (name === 'released') return { kind: 'release' };
  if (name === 'modified') {
    const changes = changesIn(state?.['message_annotations']);
    return { kind: state?.['undeliverable_here'] === true ? 'defer' : 'abandon', changes };
  }
  return { kind: 'dead-letter', changes: deadLetterChanges(state?.['error']) };
}

function deadLetterChanges(error: unknown): PropertyChanges {
  if (typeof error !== 'object' || error === null) return {};
  const { condition, description, info } = error as Record<string, unknown>;
  if (condition === 'com.microsoft:dead-letter') return changesIn(info);
  return changesIn({ DeadLetterReason: condition, DeadLetterErrorDescription: description });
}

function changesIn(map: unknown): PropertyChanges {
  if (typeof map !== 'object' || map === null) return {};
  return Object.fromEntries(
    Object.entries(map).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
