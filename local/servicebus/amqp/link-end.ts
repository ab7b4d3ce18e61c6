import { asBrokerError } from '../broker-error';
import { type AmqpErrorFields, type RheaLink } from './rhea-internals';

/** The broker's side of one link, while it lives. */
export interface LinkEnd {
  /** The link or its connection is gone, whoever ended it. */
  closed(): void;
}

export function errorFields(error: unknown): AmqpErrorFields {
  const { condition, message } = asBrokerError(error);
  return { condition, description: message };
}

/** Says no to an attach: an answer without source and target, and a detach with the reason. */
export function refuse(link: RheaLink, error: unknown): void {
  link.attach();
  link.close(errorFields(error));
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
