#if YAML
    import CYaml
    import CeleriacCore

    /// A step of a document, as libyaml's parser reports it.
    struct YAMLEvent {
        enum Kind {
            case documentStart, streamEnd, alias
            /// `isPlain`: whether the scalar has neither quotes nor tag, so that it may be more than text.
            case scalar(String, isPlain: Bool)
            case sequenceStart, sequenceEnd, mappingStart, mappingEnd
            /// An event that does not matter here.
            case other
        }

        var kind: Kind
        var anchor: String?
        /// `nil` if no tag was given.
        var tag: String?
        /// Counted from 1.
        var line: Int
    }

    /// The events of one text, in their order. Valid only within the scope that provides the text.
    final class YAMLEvents {
        // The parser stores its own address, so it must not move.
        private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        private let isReady: Bool

        init(_ input: UnsafeBufferPointer<UInt8>) {
            parser.initialize(to: yaml_parser_t())
            isReady = yaml_parser_initialize(parser) == 1
            guard isReady else { return }
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, input.count)
        }

        deinit {
            if isReady { yaml_parser_delete(parser) }
            parser.deallocate()
        }

        /// - Throws: ``YAMLError``; after that it must not be called again.
        func next() throws(YAMLError) -> YAMLEvent {
            var event = yaml_event_t()
            guard isReady, yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { yaml_event_delete(&event) }
            return YAMLEvent(event)
        }

        /// libyaml's messages are constant text, without data from the document.
        private func failure() -> YAMLError {
            guard isReady else { return YAMLError(.unsupported, "libyaml could not allocate memory") }
            let line = Int(parser.pointee.problem_mark.line) + 1
            guard let problem = parser.pointee.problem else {
                return YAMLError(.tooLarge, "libyaml ran out of memory in line \(line)")
            }
            return YAMLError(.malformedMessage, "\(String(cString: problem)), in line \(line)")
        }
    }

    extension YAMLEvent {
        fileprivate init(_ event: yaml_event_t) {
            let data = event.data
            line = Int(event.start_mark.line) + 1
            switch event.type {
            case YAML_DOCUMENT_START_EVENT: kind = .documentStart
            case YAML_STREAM_END_EVENT: kind = .streamEnd
            case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
            case YAML_MAPPING_END_EVENT: kind = .mappingEnd
            case YAML_ALIAS_EVENT:
                kind = .alias
                anchor = Self.text(data.alias.anchor)
            case YAML_SCALAR_EVENT:
                let bytes = UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
                kind = .scalar(String(decoding: bytes, as: UTF8.self), isPlain: data.scalar.plain_implicit != 0)
                (anchor, tag) = (Self.text(data.scalar.anchor), Self.text(data.scalar.tag))
            case YAML_SEQUENCE_START_EVENT:
                kind = .sequenceStart
                (anchor, tag) = (Self.text(data.sequence_start.anchor), Self.text(data.sequence_start.tag))
            case YAML_MAPPING_START_EVENT:
                kind = .mappingStart
                (anchor, tag) = (Self.text(data.mapping_start.anchor), Self.text(data.mapping_start.tag))
            default: kind = .other
            }
        }

        private static func text(_ pointer: UnsafePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }
    }
#endif
