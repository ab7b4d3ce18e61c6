import { type Origin } from '../contract';

/** The URLs by which an instance is managed; `id` may be the placeholder that clients fill in. */
export function managementLinks(origin: Origin, hubName: string, id: string): Record<string, string> {
  const instance = `${origin.publicBase}/instances/${id}`;
  const query = queryFor(origin, hubName);
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** What a durableClient binding hands to the function, as JSON. */
export function clientBinding(origin: Origin, hubName: string): string {
  const create = `${origin.publicBase}/orchestrators/{functionName}[/{instanceId}]`;
  const key = `code=${encodeURIComponent(origin.systemKey)}`;
  return JSON.stringify({
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?${key}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${key}`,
    },
    managementUrls: managementLinks(origin, hubName, 'INSTANCEID'),
    baseUrl: origin.publicBase,
    requiredQueryStringParameters: key,
    rpcBaseUrl: origin.rpcBase,
  });
}

function queryFor({ systemKey }: Origin, hubName: string): string {
  return `taskHub=${encodeURIComponent(hubName)}&connection=Storage&code=${encodeURIComponent(systemKey)}`;
}
