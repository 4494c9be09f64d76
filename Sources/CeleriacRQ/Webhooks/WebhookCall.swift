import CeleriacCore
import CeleriacRQWire

/// One HTTP request that a job asks for at its end.
struct WebhookCall: Sendable {
    let job: TaskID
    let webhook: RQWebhook
    /// The JSON body; `nil` if there is none, as with `GET`.
    let body: [UInt8]?

    /// How long the whole request may take. RQ sets no upper limit; here the webhooks of other jobs wait behind it.
    var timeout: Duration { .seconds(min(max(1, webhook.timeout.seconds), 60)) }
}

extension RQEndDecision {
    /// Returns the webhooks that a job asks for at this end. None if it was stopped or canceled, or runs again. Source:
    /// RQ 3.0.0, `job.py`, `send_webhooks`, and its callers in `worker/base.py`.
    func webhooks(at ending: RQEnding) -> [WebhookCall] {
        guard let message = held.message, !message.job.webhooks.isEmpty, let status = ending.outcome else { return [] }
        var job = message.job
        job.endedAt = endedAt
        return job.webhooks.filter { $0.status == status }.map { webhook in
            let body = webhook.payload(of: job, task: message.envelope.task, exceptionText: ending.exceptionText)
            return WebhookCall(job: job.id, webhook: webhook, body: webhook.method == "POST" ? body : nil)
        }
    }
}
