extension EncodedArguments {
    /// These arguments with partial ones: positional ones in front, named ones in place of those of the same name.
    ///
    /// Works on the text: no value is decoded, and none of its digits change.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` where either cannot be encoded, or is no array and object.
    public func applying(_ partial: EncodedArguments) throws -> EncodedArguments {
        if let failure = failure ?? partial.failure { throw failure }
        return EncodedArguments(
            argsText: JSONText.joined(partial.args, args), kwargsText: try JSONText.merged(kwargs, partial.kwargs))
    }

    /// One positional argument, which is JSON text already: the result of a call, for example.
    public init(result: [UInt8]) {
        self.init(argsText: [.openBracket] + result + [.closeBracket], kwargsText: Self.none.kwargs)
    }
}
