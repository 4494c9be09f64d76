#if YAML
    import CeleriacCore
    import CeleriacWire

    /// Writes JSON text while it follows the events of a YAML document.
    ///
    /// An alias copies the JSON text of its anchor, so aliases cost no more than the allowed output. Keeps its own
    /// stack, so nesting uses none of the thread's.
    struct YAMLReader {
        /// An open container.
        private struct Container {
            enum Kind { case sequence, mapping, set }
            let kind: Kind
            let anchor: String?
            /// The place where its text begins.
            let start: Int
            var isAtKey: Bool

            init(_ kind: Kind, _ anchor: String?, start: Int) {
                self.kind = kind
                self.anchor = anchor
                self.start = start
                isAtKey = kind != .sequence
            }
        }

        /// The content that an alias refers to.
        private enum Anchored {
            case scalar(YAMLValue)
            /// The range of a container's JSON text.
            case container(Range<Int>)
            /// A container that has not ended: an alias to it would make it part of itself.
            case open
        }

        private let events: YAMLEvents
        private let limits: JSONLimits
        private let most: Int
        private var writer = JSONWriter()
        private var open: [Container] = []
        private var anchors: [String: Anchored] = [:]
        private var keys = 0
        private var documents = 0
        private var line = 1

        init(_ events: YAMLEvents, limits: JSONLimits, atMost most: Int) {
            self.events = events
            self.limits = limits
            self.most = most
        }

        /// Reads the text, which is one document; an empty text is `null`.
        mutating func document() throws(YAMLError) -> [UInt8] {
            while true {
                let event = try events.next()
                line = event.line
                if case .streamEnd = event.kind { break }
                try take(event)
                guard writer.bytes.count <= most else { throw tooLarge() }
            }
            if documents == 0 { writer.null() }
            return writer.bytes
        }

        private mutating func take(_ event: YAMLEvent) throws(YAMLError) {
            switch event.kind {
            case .documentStart:
                documents += 1
                guard documents == 1 else { throw error(.malformedMessage, "more than one document") }
            case .alias: try alias(event.anchor ?? "")
            case .scalar(let text, let isPlain): try scalar(text, isPlain: isPlain, event)
            case .sequenceStart:
                try checkTag(of: event, is: ["tag:yaml.org,2002:seq"])
                try begin(.sequence, event.anchor)
            case .mappingStart:
                try checkTag(of: event, is: ["tag:yaml.org,2002:map", "tag:yaml.org,2002:set"])
                try begin(event.tag == "tag:yaml.org,2002:set" ? .set : .mapping, event.anchor)
            case .sequenceEnd, .mappingEnd: end()
            case .streamEnd, .other: break
            }
        }

        // MARK: Scalars

        private mutating func scalar(_ text: String, isPlain: Bool, _ event: YAMLEvent) throws(YAMLError) {
            guard text.utf8.count <= limits.stringBytes else {
                throw error(.tooLarge, "a text of more than \(limits.stringBytes) bytes")
            }
            let value: YAMLValue
            do throws(YAMLError) {
                value = try YAMLValue(text, isPlain: isPlain, tag: event.tag)
            } catch let problem {
                throw error(problem.code, problem.reason)
            }
            if let anchor = event.anchor { anchors[anchor] = .scalar(value) }
            try put(value)
        }

        private mutating func put(_ value: YAMLValue) throws(YAMLError) {
            guard let container = open.last, container.kind != .sequence else { return try write(value) }
            open[open.count - 1].isAtKey = !container.isAtKey
            switch (container.kind, container.isAtKey) {
            case (.mapping, true): writer.key(try key(value))
            case (.set, true): try write(value)
            case (.set, false):
                guard value == .null else { throw error(.malformedMessage, "a member of a set must not have a value") }
            default: try write(value)
            }
        }

        /// Keys that are not text become the text that Python's `json` makes of them.
        private mutating func key(_ value: YAMLValue) throws(YAMLError) -> String {
            keys += 1
            guard keys <= limits.keys else { throw error(.tooLarge, "more than \(limits.keys) keys") }
            switch value {
            case .string(let text): return text
            case .integer(let digits): return digits
            case .bool(let value): return value ? "true" : "false"
            case .null: return "null"
            case .double(let value):
                var writer = JSONWriter()
                writer.double(value)
                return String(decoding: writer.bytes, as: UTF8.self)
            case .merge: throw error(.unsupported, "the merge key <<")
            case .bytes, .date, .datetime: throw error(.unsupported, "a key that is neither text nor a number")
            }
        }

        private mutating func write(_ value: YAMLValue) throws(YAMLError) {
            switch value {
            case .null: writer.null()
            case .bool(let value): writer.bool(value)
            case .integer(let digits): writer.raw(digits.utf8)
            case .double(let value): writer.double(value)
            case .string(let text): writer.string(text)
            case .bytes(let bytes): writer.taggedBytes(bytes)
            case .date(let text): writer.tagged("date", text)
            case .datetime(let text): writer.tagged("datetime", text)
            case .merge: throw error(.unsupported, "the merge key << as a value")
            }
        }

        // MARK: Containers and aliases

        private mutating func begin(_ kind: Container.Kind, _ anchor: String?) throws(YAMLError) {
            try checkThatContainerFits()
            guard open.count < limits.depth else {
                throw error(.tooLarge, "containers nested more than \(limits.depth) deep")
            }
            kind == .mapping ? writer.beginObject() : writer.beginArray()
            if let anchor { anchors[anchor] = .open }
            open.append(Container(kind, anchor, start: writer.bytes.count - 1))
        }

        private mutating func end() {
            guard let container = open.popLast() else { return }
            container.kind == .mapping ? writer.endObject() : writer.endArray()
            guard let anchor = container.anchor else { return }
            anchors[anchor] = .container(container.start..<writer.bytes.count)
        }

        private mutating func alias(_ name: String) throws(YAMLError) {
            switch anchors[name] {
            case .scalar(let value): try put(value)
            case .container(let range):
                try checkThatContainerFits()
                guard writer.bytes.count + range.count < most else { throw tooLarge() }
                writer.raw(Array(writer.bytes[range]))
            case .open: throw error(.unsupported, "an alias inside the value that it refers to")
            case nil: throw error(.malformedMessage, "an alias without its anchor")
            }
        }

        /// Checks that a container may come here: it cannot be a key or an element of a set. Also notes that the
        /// current key now has its value.
        private mutating func checkThatContainerFits() throws(YAMLError) {
            guard let container = open.last, container.kind != .sequence else { return }
            guard container.kind == .mapping, !container.isAtKey else {
                throw error(.unsupported, "a key or a member of a set that is a list or mapping")
            }
            open[open.count - 1].isAtKey = true
        }

        private func checkTag(of event: YAMLEvent, is known: [String]) throws(YAMLError) {
            guard let tag = event.tag, tag != "!", !known.contains(tag) else { return }
            throw error(.unsupported, YAMLValue.refusal(of: tag))
        }

        private func tooLarge() -> YAMLError { error(.tooLarge, "it contains more than \(most) bytes as JSON") }

        private func error(_ code: CeleriacError.Code, _ reason: String) -> YAMLError {
            YAMLError(code, "\(reason), in line \(line)")
        }
    }
#endif
