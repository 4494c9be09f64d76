extension ReceivedArguments {
    /// The argument that a call gave for a parameter.
    ///
    /// - Parameters:
    ///   - name: the parameter's name; a keyword argument of this name fits.
    ///   - label: another keyword that fits.
    ///   - position: its index among the positional arguments.
    ///   - type: what the parameter takes, exactly.
    /// - Throws: `CeleriacError` with code `invalidArguments` if it is missing, given twice, or of another type.
    public func value<Value: Decodable>(
        _ name: String, label: String? = nil, at position: Int, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let range = try range(name, label, position) else { throw Self.missing(name) }
        return try decode(name, range)
    }

    /// The same, with the value of a parameter that was not given.
    public func value<Value: Decodable>(
        _ name: String, label: String? = nil, at position: Int, as type: Value.Type = Value.self,
        default value: @autoclosure () throws -> Value
    ) throws -> Value {
        guard let range = try range(name, label, position) else { return try value() }
        return try decode(name, range)
    }

    /// Where the JSON text of the argument lies that a call gave for a parameter.
    ///
    /// - Throws: as ``value(_:label:at:as:)``, but for its type.
    func range(_ name: String, at position: Int) throws -> Range<Int> {
        guard let range = try range(name, nil, position) else { throw Self.missing(name) }
        return range
    }

    private func decode<Value: Decodable>(_ name: String, _ range: Range<Int>) throws -> Value {
        var limits = JSONLimits.checkedBefore
        limits.replacesLoneSurrogates = replacesLoneSurrogates
        do {
            return try JSONCoding.decode(Value.self, from: body, in: range, limits: limits)
        } catch {
            throw CeleriacError(.invalidArguments, "argument \"\(name)\" is no \(Value.self)", underlying: error)
        }
    }

    private static func missing(_ name: String) -> CeleriacError {
        CeleriacError(.invalidArguments, "argument \"\(name)\" is missing")
    }

    private func range(_ name: String, _ label: String?, _ position: Int) throws -> Range<Int>? {
        let keyword = keyword(named: name) ?? label.flatMap(keyword(named:))
        guard positional.indices.contains(position) else { return keyword?.range }
        guard keyword == nil else {
            throw CeleriacError(.invalidArguments, "argument \"\(name)\" is given by position and by keyword")
        }
        return positional[position]
    }

    private func keyword(named name: String) -> Keyword? { keywords.last { $0.name.matches(name) } }

    /// Checks a call against what its task takes.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments` for too many or unknown arguments.
    func check(against parameters: [TaskParameter]) throws {
        if positional.count > parameters.count {
            throw CeleriacError(
                .invalidArguments,
                "argument \(parameters.count + 1) is one too many: the task takes \(parameters.count) arguments and was given "
                    + "\(positional.count) by position"
            )
        }
        for keyword in keywords where !parameters.contains(where: { $0.answers(to: keyword.name) }) {
            throw CeleriacError(
                .invalidArguments,
                "argument \"\(keyword.name.text.prefix(60))\" is unknown; the task takes "
                    + parameters.map(\.name).joined(separator: ", ")
            )
        }
    }
}

extension TaskParameter {
    func answers(to keyword: JSONKey) -> Bool {
        keyword.matches(name) || label.map { keyword.matches($0) } ?? false
    }
}
