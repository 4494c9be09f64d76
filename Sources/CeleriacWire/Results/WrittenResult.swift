package import CeleriacCore

/// A state change as a document in the format of the app's results.
package struct WrittenResult: Sendable {
    /// The state in the document.
    package let state: TaskState
    package let bytes: [UInt8]
    /// The format of the document.
    package let format: Serializer

    /// Writes a document as Celery does.
    ///
    /// A value that the format cannot express becomes a failure, as in Celery; if even that cannot be expressed, the
    /// document is JSON.
    ///
    /// - Parameters:
    ///   - isExtended: as for ``ResultDocument/encode(_:isExtended:processID:)``, and `processID` too.
    ///   - format: the format of the app's results.
    package init(_ change: StateChange, isExtended: Bool, processID: Int32, as format: Serializer) {
        let document = ResultDocument.encode(change, isExtended: isExtended, processID: processID)
        guard let coder = format.coder else {
            self.init(change.record.state, document, .json)
            return
        }
        do {
            self.init(change.record.state, try coder.bytes(ofJSON: document), format)
        } catch {
            let failed = change.unwritable(because: error)
            let document = ResultDocument.encode(failed, isExtended: isExtended, processID: processID)
            let bytes = try? coder.bytes(ofJSON: document)
            self.init(failed.record.state, bytes ?? document, bytes == nil ? .json : format)
        }
    }

    private init(_ state: TaskState, _ bytes: [UInt8], _ format: Serializer) {
        self.state = state
        self.bytes = bytes
        self.format = format
    }
}

extension StateChange {
    /// Returns the failure of a call whose result cannot be written. The type is the one that Celery raises.
    fileprivate func unwritable(because error: any Error) -> StateChange {
        var failed = self
        failed.record.state = .failure
        failed.record.result = nil
        failed.record.meta = nil
        failed.record.failure = TaskFailure(type: "EncodeError", module: "kombu.exceptions", message: "\(error)")
        return failed
    }
}
