extension EncodedArguments {
    /// Returns these arguments with partial ones applied: positional ones go in front, named ones replace those of the
    /// same name.
    ///
    /// Works on the text: values are not decoded, so no digit of a number changes.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` if either cannot be encoded, or is not an array and an
    ///   object.
    public func applying(_ partial: EncodedArguments) throws -> EncodedArguments {
        if let failure = failure ?? partial.failure { throw failure }
        return EncodedArguments(
            argsText: JSONText.joined(partial.args, args), kwargsText: try JSONText.merged(kwargs, partial.kwargs))
    }

    /// One positional argument that is JSON text already, for example the result of a call.
    public init(result: [UInt8]) {
        self.init(argsText: [.openBracket] + result + [.closeBracket], kwargsText: Self.none.kwargs)
    }
}
