extension ReceivedArguments {
    /// Returns the argument that a call passed for a parameter.
    ///
    /// - Parameters:
    ///   - name: the parameter's name; a keyword argument of this name matches.
    ///   - label: another keyword that matches.
    ///   - position: its index among the positional arguments.
    ///   - type: the exact type of the parameter.
    /// - Throws: `CeleriacError` with code `invalidArguments` if it is missing, given twice, or of another type.
    public func value<Value: Decodable>(
        _ name: String, label: String? = nil, at position: Int, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let range = try range(name, label, position) else { throw Self.missing(name) }
        return try decode(name, range)
    }

    /// Does the same, and returns `default` if the call did not pass the argument.
    public func value<Value: Decodable>(
        _ name: String, label: String? = nil, at position: Int, as type: Value.Type = Value.self,
        default value: @autoclosure () throws -> Value
    ) throws -> Value {
        guard let range = try range(name, label, position) else { return try value() }
        return try decode(name, range)
    }

    /// Returns where the JSON text of a parameter's argument lies in ``body``.
    ///
    /// - Throws: as ``value(_:label:at:as:)``, except that the type is not checked.
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
            throw CeleriacError(
                .invalidArguments, "argument \"\(name)\" must be of type \(Value.self)",
                underlying: DecodingFault(error))
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

    /// Checks the arguments of a call against the parameters of its task.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments` for too many or unknown arguments.
    func check(against parameters: [TaskParameter]) throws {
        if positional.count > parameters.count {
            throw CeleriacError(
                .invalidArguments,
                "too many positional arguments: the task takes \(parameters.count), the call has \(positional.count)"
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
