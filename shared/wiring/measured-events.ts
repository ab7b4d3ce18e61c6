import { z } from 'zod';
import type { Clock } from '../ports/clock';
import type { Events, LifeboatEvent } from '../ports/events';
import type { About, Telemetry } from '../ports/telemetry';

const Told = z.looseObject({
  kind: z.string().optional(),
  to: z.string().optional(),
  scenarioName: z.string().optional(),
  state: z.string().optional(),
  durationInMs: z.number().optional(),
});

/**
 * Everything that subscribers are told is measured on the way: how many points, jobs, resyncs and changes of health, how
 * long jobs took, and how old a point was when it could first be recovered to.
 */
export function measuredEvents(
  events: Events,
  { telemetry, clock }: { readonly telemetry: Telemetry; readonly clock: Clock },
): Events {
  return {
    publish: async (event) => {
      // A span of its own ends the trace that the upload began at the point which it led to.
      if (event.type === 'lifeboat.recovery-point.created')
        await telemetry.span({ name: 'recovery-point', about: { ...aboutOf(event), id: event.id } }, () =>
          events.publish(event),
        );
      else await events.publish(event);
      telemetry.count(event.type, aboutOf(event));
      if (event.type === 'lifeboat.recovery-point.created') {
        const ageInMs = Math.max(0, clock.now() - event.timeInMs);
        telemetry.record('lifeboat.recovery-point.age.ms', ageInMs, aboutOf(event));
      }
      const { durationInMs } = Told.parse(event.data);
      if (event.type === 'lifeboat.job.ended' && durationInMs !== undefined)
        telemetry.record('lifeboat.job.duration.ms', durationInMs, aboutOf(event));
    },
  };
}

/** Only what has few values: a resource's name would make a series of every machine. */
function aboutOf({ data }: LifeboatEvent): About {
  const { kind, to, scenarioName, state } = Told.parse(data);
  const found = Object.entries({ kind, to, scenarioName, state });
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
