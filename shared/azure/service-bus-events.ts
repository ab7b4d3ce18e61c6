import type { ServiceBusSender } from '@azure/service-bus';
import type { Events, LifeboatEvent } from '../ports/events';

/** Events as CloudEvents 1.0, in structured mode, on a topic. Subscribers filter by the message's subject and type. */
export class ServiceBusEvents implements Events {
  constructor(
    private readonly topic: ServiceBusSender,
    /** Who says so: the installation's own address. */
    private readonly source: string,
  ) {}

  async publish({ id, type, subject, timeInMs, data }: LifeboatEvent): Promise<void> {
    await this.topic.sendMessages({
      messageId: id,
      subject: type,
      contentType: 'application/cloudevents+json; charset=utf-8',
      applicationProperties: { type, subject },
      body: {
        specversion: '1.0',
        id,
        source: this.source,
        type,
        subject,
        time: new Date(timeInMs).toISOString(),
        datacontenttype: 'application/json',
        data,
      },
    });
  }
}
