import AMQPClient
import CeleriacCore
import CeleriacJSON
import CeleriacWire

/// The headers that most calls have: those of Celery, with no eta, expiry, limits, group or headers of the caller. They
/// are written and read field by field, without a table or JSON text in between.
///
/// All other headers go through the general path of ``TaskMessage``. This is its fast equivalent: it writes the same
/// bytes and reads the same values.
enum PlainHeaders {
    /// The names, in the order in which they are written.
    enum Name: String, CaseIterable {
        case lang, task, id, shadow, eta, expires, group
        case groupIndex = "group_index"
        case retries
        case timeLimits = "timelimit"
        case rootID = "root_id"
        case parentID = "parent_id"
        case origin
        case ignoreResult = "ignore_result"
        case nesting = "replaced_task_nesting"
        case stampedHeaders = "stamped_headers"
        case stamps
        case args = "argsrepr"
        case kwargs = "kwargsrepr"
        /// Read only.
        case compression

        static let all = allCases
        static let table = KeyTable(all.map(\.rawValue))
    }

    /// - Returns: `nil` if the call has other headers.
    static func table(of envelope: Envelope) -> AMQPTable? {
        let headers = envelope.headers
        guard headers.arePlain, let retries = Int32(exactly: headers.retries) else { return nil }
        var writer = Writer()
        writer.text(.lang, "swift")
        writer.text(.task, headers.task.rawValue)
        writer.text(.id, headers.id.rawValue)
        for name in [Name.shadow, .eta, .expires, .group, .groupIndex] { writer.text(name, nil) }
        writer.integer(.retries, retries)
        writer.counted(.timeLimits, "A", "VV")
        writer.text(.rootID, headers.rootID?.rawValue)
        writer.text(.parentID, headers.parentID?.rawValue)
        writer.text(.origin, headers.origin)
        if let ignores = headers.ignoreResult {
            writer.boolean(.ignoreResult, ignores)
        } else {
            writer.text(.ignoreResult, nil)
        }
        writer.integer(.nesting, 0)
        writer.text(.stampedHeaders, nil)
        writer.counted(.stamps, "F", "")
        if let texts = PythonRepr.texts(of: envelope) {
            writer.text(.args, texts.args)
            writer.text(.kwargs, texts.kwargs)
        }
        return AMQPTable(encoded: writer.bytes)
    }

    /// Writes fields of a table.
    private struct Writer {
        private(set) var bytes: [UInt8] = []

        init() { bytes.reserveCapacity(640) }

        /// A text, or no value.
        mutating func text(_ name: Name, _ text: String?) {
            if let text { counted(name, "S", text) } else { begin(name, "V") }
        }

        mutating func boolean(_ name: Name, _ value: Bool) {
            begin(name, "t")
            bytes.append(value ? 1 : 0)
        }

        mutating func integer(_ name: Name, _ value: Int32) {
            begin(name, "I")
            append(UInt32(bitPattern: value))
        }

        /// A value with its length in front.
        mutating func counted(_ name: Name, _ type: Unicode.Scalar, _ content: String) {
            begin(name, type)
            append(UInt32(clamping: content.utf8.count))
            bytes.append(contentsOf: content.utf8)
        }

        private mutating func begin(_ name: Name, _ type: Unicode.Scalar) {
            bytes.append(UInt8(name.rawValue.utf8.count))
            bytes.append(contentsOf: name.rawValue.utf8)
            bytes.append(UInt8(ascii: type))
        }

        private mutating func append(_ number: UInt32) {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
