import AMQPClient
import CeleriacCore
import CeleriacJSON
import CeleriacWire

extension PlainHeaders {
    /// Reads the headers of a call. A missing `task` or `id` is read as an empty string. Skips ``ReservedHeaders``.
    ///
    /// - Returns: `nil` if a header is not one of Celery's, if one has another type than Celery gives it, or if there are
    ///   so many bytes that a limit may be exceeded. ``TaskMessage/generalHeaders(in:_:)`` reads those.
    static func headers(in table: AMQPTable, _ limits: MessageLimits) -> MessageHeaders? {
        // As JSON text, a byte takes six at most. A field has at least two.
        guard let size = table.encoded?.count, size * 6 <= limits.shownHeaderBytes, size / 2 <= limits.json.keys,
            limits.json.depth > 1
        else { return nil }
        return table.withFields { fields in
            var reading = Reading()
            while let field = fields.next() { guard reading.take(field) else { return nil } }
            return reading.whole
        } ?? nil
    }

    private struct Reading {
        private var headers = MessageHeaders(id: "", task: "")
        private var texts: [(name: JSONKey, text: String)] = []
        private var isOurs = false

        /// The displayed texts of the arguments are kept unless Celeriac generated them.
        var whole: MessageHeaders {
            var headers = headers
            if !isOurs { for (name, text) in texts { headers.extra[name] = .string(text) } }
            return headers
        }

        /// - Returns: whether the field could be taken.
        mutating func take(_ field: AMQPField) -> Bool {
            guard let place = Name.table.place(of: field.name) else {
                return ReservedHeaders.contains(String(decoding: field.name, as: UTF8.self))
            }
            if field.type == UInt8(ascii: "V") { return true }
            let name = Name.all[place]
            switch name {
            case .lang: return take(field) { reading, text in reading.isOurs = text == "swift" }
            case .task: return take(field) { $0.headers.task = TaskName($1) }
            case .id: return take(field) { $0.headers.id = TaskID($1) }
            case .shadow: return take(field) { $0.headers.shadow = $1 }
            case .group: return take(field) { $0.headers.group = $1 }
            case .rootID: return take(field) { $0.headers.rootID = TaskID($1) }
            case .parentID: return take(field) { $0.headers.parentID = TaskID($1) }
            case .origin: return take(field) { $0.headers.origin = $1 }
            case .compression: return take(field) { $0.headers.compression = $1 }
            case .args, .kwargs: return take(field) { $0.texts.append((JSONKey(name.rawValue), $1)) }
            case .retries: return takeRetries(field)
            case .ignoreResult: return takeIgnoreResult(field)
            case .nesting: return field.type == UInt8(ascii: "I") && field.content.allSatisfy { $0 == 0 }
            case .stamps: return field.type == UInt8(ascii: "F") && field.content.isEmpty
            case .timeLimits: return field.type == UInt8(ascii: "A") && field.content.elementsEqual("VV".utf8)
            case .eta, .expires, .groupIndex, .stampedHeaders: return false
            }
        }

        private mutating func take(_ field: AMQPField, _ keep: (inout Self, String) -> Void) -> Bool {
            guard field.type == UInt8(ascii: "S"), let text = String(validating: field.content, as: UTF8.self) else {
                return false
            }
            keep(&self, text)
            return true
        }

        private mutating func takeRetries(_ field: AMQPField) -> Bool {
            guard field.type == UInt8(ascii: "I") else { return false }
            let retries = Int(Int32(bitPattern: field.content.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }))
            guard (0...1_000_000_000).contains(retries) else { return false }
            headers.retries = retries
            return true
        }

        private mutating func takeIgnoreResult(_ field: AMQPField) -> Bool {
            guard field.type == UInt8(ascii: "t") else { return false }
            headers.ignoreResult = field.content.first != 0
            return true
        }
    }
}
