import { exitCodes, Failure } from '../failure';

interface Heard {
  readonly headers: { get(name: string): string | undefined };
}

export interface HearingOptions {
  readonly onResponse: (response: Heard) => void;
}

/**
 * Starts something that answers with a job, by a call of the official client, and says which job it is. The client looks
 * after the job once before it comes back; what it finds then is told by whoever waits for the job.
 */
export async function startJob(begin: (options: HearingOptions) => Promise<unknown>): Promise<string> {
  let jobId: string | undefined;
  const onResponse = ({ headers }: Heard): void => {
    const address = headers.get('azure-asyncoperation');
    if (address !== undefined) jobId ??= new URL(address).pathname.split('/').at(-1);
  };
  try {
    await begin({ onResponse });
  } catch (error) {
    if (jobId === undefined) throw error;
  }
  if (jobId === undefined) {
    throw new Failure(exitCodes.failed, 'The service did not say which job it started.', {
      action: 'lifeboat jobs list shows whether it did.',
    });
  }
  return jobId;
}
