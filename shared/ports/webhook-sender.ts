/** One delivery to an address that somebody else chose. */
export interface WebhookDelivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks an address whether it wants deliveries of this origin: the handshake of CloudEvents' web hooks. */
export interface WebhookGreeting {
  readonly url: string;
  readonly origin: string;
}

export interface WebhookWelcome {
  readonly status: number;
  /** `WebHook-Allowed-Origin` of the answer. */
  readonly allowedOrigin: string | undefined;
}

/** Sends deliveries to the public internet, and nowhere else. */
export interface WebhookSender {
  /**
   * The status of the answer. Never follows a redirect. Refuses with `BadRequest` an address that is not https, or whose
   * host is, at this moment, not public. Any other failure is thrown, and may be tried again.
   */
  send(delivery: WebhookDelivery): Promise<number>;
  /** The same, for an OPTIONS request without a body. */
  greet(greeting: WebhookGreeting): Promise<WebhookWelcome>;
}
