/** May the same call be made again? Never: it will be refused again. Later: the world may have changed. */
export type Retry = 'never' | 'later';

export interface Refusal {
  readonly status: number;
  readonly retry: Retry;
  readonly causes: string;
  readonly action: string;
}
