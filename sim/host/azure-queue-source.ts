import type { TokenCredential } from '@azure/core-auth'
import {
  type DequeuedMessageItem,
  QueueServiceClient,
  RestError,
  type StoragePipelineOptions,
  StorageRetryPolicyType,
} from '@azure/storage-queue'
import type { QueueMessage, QueueSource } from './queue-source.ts'
import type { AppSettings } from './settings.ts'

/** The queue in a storage account. Times are whole seconds there, as Azure's are. */
export function createAzureQueueSource(service: QueueServiceClient, queueName: string): QueueSource {
  const queue = service.getQueueClient(queueName)
  const poison = service.getQueueClient(`${queueName}-poison`)
  return {
    async receive(max, visibility) {
      try {
        const answer = await queue.receiveMessages({ numberOfMessages: max, visibilityTimeout: visibility / 1_000 })
        return answer.receivedMessageItems.map(messageOf)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    async delete(message) {
      await queue.deleteMessage(message.id, message.popReceipt)
    },
    async update(message, visibility) {
      // The host's SDK drops fractions of a second.
      const seconds = Math.trunc(visibility / 1_000)
      const answer = await queue.updateMessage(message.id, message.popReceipt, undefined, seconds)
      return answer.popReceipt ?? message.popReceipt
    },
    async putPoison(text) {
      try {
        await poison.sendMessage(text)
      } catch (error) {
        if (!isMissing(error)) throw error
        await poison.createIfNotExists()
        await poison.sendMessage(text)
      }
    },
  }
}

/**
 * The account a trigger's `connection` names: a connection string under that name, or `<name>__queueServiceUri` or
 * `<name>__accountName` with an identity (learn.microsoft.com, "Guidance for developing Azure Functions").
 */
export function queueServiceOf(
  connection: string,
  settings: AppSettings,
  credential: TokenCredential | undefined,
): QueueServiceClient {
  const text = settings[`AzureWebJobs${connection}`] ?? settings[connection]
  if (text !== undefined) return QueueServiceClient.fromConnectionString(text, pipeline)
  const account = settings[`${connection}__accountName`]
  const uri = settings[`${connection}__queueServiceUri`] ?? (account && `https://${account}.queue.core.windows.net`)
  if (!uri) throw new Error(`The app settings have neither '${connection}' nor '${connection}__queueServiceUri'.`)
  if (!credential)
    throw new Error(`'${connection}' names an account without a key: give the local host a \`credential\`.`)
  return new QueueServiceClient(uri, credential, pipeline)
}

/** The .NET SDK of the host: three retries from 0.8 s on (Azure.Core RetryOptions). */
const pipeline: StoragePipelineOptions = {
  retryOptions: { retryPolicyType: StorageRetryPolicyType.EXPONENTIAL, maxTries: 4, retryDelayInMs: 800 },
}

const isMissing = (error: unknown): boolean => error instanceof RestError && error.statusCode === 404

function messageOf(item: DequeuedMessageItem): QueueMessage {
  return {
    id: item.messageId,
    popReceipt: item.popReceipt,
    text: item.messageText,
    dequeueCount: item.dequeueCount,
    insertedAt: item.insertedOn.getTime(),
    expiresAt: item.expiresOn.getTime(),
    nextVisibleAt: item.nextVisibleOn.getTime(),
  }
}
