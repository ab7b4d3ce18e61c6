import type { Request, World } from './world';

/** Waits until every process waits for a request again: promises run before ticks do. */
export function quiescence(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

/** Lets one request that is under way take its course, for better or worse. */
export function deliverOne(world: World): void {
  const { requests, chance } = world;
  const index = chance.below(requests.length);
  const request = requests[index] as Request;
  const last = requests.pop() as Request;
  if (index < requests.length) requests[index] = last;
  world.timeInMs += 1 + chance.below(20);
  world.count('requests');
  if (request.isGhost) {
    world.say(() => `(late) ${request.name}`);
    request.act().catch(() => undefined);
    return;
  }
  if (!world.isQuiet && chance.happens(world.profile.faultRate)) fault(world, request);
  else succeed(world, request, 'ok');
}

function succeed(world: World, request: Request, how: string): void {
  world.say(() => `${request.process.name} ${request.name} ${how}`);
  request.act().then(request.answer, (error: unknown) => {
    world.say(() => `  refused: ${String(error)}`);
    request.refuse(error as Error);
  });
}

function fault(world: World, request: Request): void {
  const { chance, requests } = world;
  const refuse = (): void => request.refuse(new Error('the connection was lost'));
  const kind = chance.pick([
    'lost',
    'answer lost',
    'late',
    'doubled',
    'retried',
    'spoilt',
    'throttled',
  ] as const);
  if (kind === 'spoilt' && request.spoil === undefined) return succeed(world, request, 'ok');
  world.count(`faults: ${kind}`);
  world.say(() => `${request.process.name} ${request.name} ${kind}`);
  switch (kind) {
    case 'lost':
    case 'throttled':
      return refuse();
    case 'answer lost':
      request.act().then(refuse, refuse);
      return;
    case 'late':
      requests.push({ ...request, isGhost: true });
      return refuse();
    case 'doubled':
      requests.push({ ...request, isGhost: true });
      return succeed(world, request, 'ok, and again later');
    case 'retried':
      // The client never heard the first answer and asks again, as storage clients do by themselves.
      request.act().then(
        () => succeed(world, request, 'again'),
        () => succeed(world, request, 'again'),
      );
      return;
    case 'spoilt': {
      const { spoil, answer } = request;
      request.act().then((value) => answer(spoil?.(value)), request.refuse);
      return;
    }
  }
}
