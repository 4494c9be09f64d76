import Celeriac

/// The API's view of a call: `{"id", "state"}` and the fields that belong to the state.
struct TaskView {
    private let record: TaskRecord

    init(_ record: TaskRecord) { self.record = record }

    var json: JSONValue {
        var view: JSONObject = ["id": .string(record.id.rawValue), "state": .string(record.state.rawValue)]
        if let failure = record.failure { view["failure"] = Self.view(of: failure) }
        if record.state == .success { view["result"] = Self.value(record.result) }
        if !record.state.isTerminal, let meta = record.meta { view["progress"] = Self.value(meta) }
        return .object(view)
    }

    private static func view(of failure: TaskFailure) -> JSONValue {
        [
            "type": .string(failure.type), "message": .string(failure.message),
            "attempts": .integer(Int64(failure.history.count + 1)),
        ]
    }

    /// Results come from workers, perhaps of other programs: an unreadable result becomes `null` instead of an error.
    private static func value(_ bytes: [UInt8]?) -> JSONValue { bytes.flatMap { try? JSONValue(parsing: $0) } ?? .null }
}
