package import CeleriacCore
package import Foundation

/// A settlement whose envelope is encoded.
package enum StoredSettlement: Sendable {
    case ack
    case release(notBefore: Date?)
    case retry(StoredMessage, notBefore: Date?)
    case deadLetter(reason: String)

    package init(_ settlement: Settlement) {
        self =
            switch settlement {
            case .ack: .ack
            case .release(let notBefore): .release(notBefore: notBefore)
            case .retry(let envelope, let notBefore): .retry(StoredMessage(envelope), notBefore: notBefore)
            case .deadLetter(let reason): .deadLetter(reason: reason)
            }
    }
}

/// A completion whose parts are encoded.
package struct StoredCompletion: Sendable {
    package let receipt: Receipt
    package let settlement: StoredSettlement
    package let change: StoredChange?
    package let failed: [StoredChange]
    package let chordSteps: [StoredChordStep]
    package let continuation: [StoredPublication]

    package init(_ completion: Completion) {
        receipt = completion.receipt
        settlement = StoredSettlement(completion.settlement)
        change = completion.change.map(StoredChange.init)
        failed = completion.failed.map(StoredChange.init)
        chordSteps = completion.chordSteps.map(StoredChordStep.init)
        continuation = completion.continuation.map(StoredPublication.init)
    }

    /// The approximate number of rows that it writes.
    package var rows: Int { 1 + failed.count + chordSteps.count + continuation.count }
}
